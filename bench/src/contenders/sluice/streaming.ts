// One step of a cell a run: the state stays on the backend, each run puts the new in place of the old.
import { assign, type Backend, type Cell, compile, type Tensor, zeros } from "@sluice/core";
import type { Sequence } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { stepsOf } from "../layout.ts";
import { type Arrays, bound, type Tensors, uploaded } from "./bound.ts";

/** Each run writes one step of x first; the sync reads the whole output. */
export function streaming(backend: Backend, cell: Cell, { weights, x }: Sequence<Arrays>): Promise<Work> {
  const [batch, , input] = x.shape as [number, number, number];
  const units = weights["wh"]!.shape[0]!;
  const names = Object.keys(cell.state({ input, units }));
  const on = uploaded(backend, weights);
  const state = Object.fromEntries(names.map((name) => [name, zeros(backend, [batch, units], { name })]));
  const now = zeros(backend, [batch, input], { name: "x" });
  const inputs = stepsOf(x).map(({ data }) => data);

  const step = (weights: Tensors, x: Tensor, state: Tensors): Tensor => {
    const next = cell.step(weights, x, state);
    for (const name of names) assign(state[name]!, next.state[name]!);
    return next.output;
  };
  let t = 0;
  const write = (): void => now.write(inputs[t++ % inputs.length]!);
  return bound(() => compile(backend, step).bind(on, now, state), { before: write, read: "whole" });
}
