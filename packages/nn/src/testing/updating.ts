// For tests: an optimizer's updates by given gradients, one after the other, in float64.
import { compile, type Backend, type Tensor } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import type { Now, Optimizer } from "../optimizers/optimizer.ts";

type Given = Pick<Now, "params" | "gradient" | "slots"> & { readonly hyper: Tensor };

/** As it is traced: of weights of these sizes, or of one. */
export function updateBy(optimizer: Optimizer, sizes?: readonly number[]) {
  return ({ params, gradient, slots, hyper }: Given) => {
    const ends = (sizes ?? [params.size]).reduce<number[]>((all, size) => [...all, (all.at(-1) ?? 0) + size], []);
    const parts = ends.map((to, i) => ({ from: ends[i - 1] ?? 0, to }));
    const scalars = Array.from({ length: optimizer.hyperLength }, (_, i) => hyper.at(0, i));
    return optimizer.update({ params, gradient, slots, hyper: scalars, parts });
  };
}

export function slotsOf({ slots, starts = {} }: Optimizer, length: number): Record<string, Float64Array> {
  return Object.fromEntries(slots.map((name) => [name, new Float64Array(length).fill(starts[name] ?? 0)]));
}

/** The weights after all of them. */
export async function updates(
  backend: Backend,
  optimizer: Optimizer,
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  sizes?: readonly number[],
): Promise<readonly number[]> {
  const step = compile(backend, updateBy(optimizer, sizes));
  let params: readonly number[] = start;
  const slots = slotsOf(optimizer, start.length);
  const hyper = new Float64Array(optimizer.hyperLength);
  for (const [t, gradient] of gradients.entries()) {
    optimizer.hyper(t, hyper);
    const next = await step({ params: Float64Array.from(params), gradient: Float64Array.from(gradient), hyper, slots });
    params = [...(await next.params.read())];
    for (const name of optimizer.slots) slots[name] = Float64Array.from(await entryOf(next.slots, name).read());
  }
  return params;
}
