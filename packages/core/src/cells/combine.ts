// Recurrences made of recurrences: two directions, several layers.
import { SluiceError } from "../errors.ts";
import { add, mul } from "../trace/arithmetic.ts";
import { concat } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Cell, Sizes, States, Tensors, Weights } from "./cell.ts";
import { recurrence, type Recurrence, type RunResult, type WeightTensors } from "./recurrence.ts";

export interface BidirectionalOptions {
  /** How the two directions' outputs become one: side by side, added, or averaged. Default "concat". */
  readonly merge?: "concat" | "sum" | "mean";
}

/**
 * One cell forwards and one in reverse over the same sequence (Schuster & Paliwal 1997). The second is of the same kind unless given.
 * Weights and state are `{ forward, backward }`; `last` merges what each direction ends with.
 */
export function bidirectional<P extends Weights, S extends States, Q extends Weights = P, R extends States = S>(
  forward: Cell<P, S>,
  backward?: Cell<Q, R>,
  { merge = "concat" }: BidirectionalOptions = {},
): Recurrence<{ readonly forward: P; readonly backward: Q }, { readonly forward: Tensors<S>; readonly backward: Tensors<R> }> {
  const there = recurrence(forward),
    back = recurrence((backward ?? forward) as Cell<Q, R>, { reverse: true }); // without a second cell Q is P and R is S
  const join = (a: Tensor, b: Tensor): Tensor => (merge === "concat" ? concat([a, b]) : merge === "sum" ? add(a, b) : mul(add(a, b), 0.5));
  return {
    name: `bidirectional ${there.name}`,
    weights: (sizes) => ({ forward: there.weights(sizes), backward: back.weights(sizes) }),
    state: (sizes) => ({ forward: there.state(sizes), backward: back.state(sizes) }),
    outputSize: (units) => (merge === "concat" ? 2 * units : units),
    run(weights, x, { state, ...options } = {}) {
      const both = weights as { readonly forward: WeightTensors<P>; readonly backward: WeightTensors<Q> };
      const a = there.run(both.forward, x, { ...options, state: state?.forward }),
        b = back.run(both.backward, x, { ...options, state: state?.backward });
      return { outputs: join(a.outputs, b.outputs), last: join(a.last, b.last), state: { forward: a.state, backward: b.state } };
    },
  };
}

/**
 * Recurrences one above the other: each reads the outputs of the one below. Weights and state are lists in that order.
 * Throws INVALID_ARGUMENT for an empty list.
 */
export function stacked<const L extends readonly Recurrence<never, never>[]>(
  layers: L,
): Recurrence<{ readonly [K in keyof L]: ReturnType<L[K]["weights"]> }, { readonly [K in keyof L]: ReturnType<L[K]["run"]>["state"] }>;
export function stacked(layers: readonly Recurrence<unknown, unknown>[]): Recurrence<unknown, unknown> {
  if (layers.length === 0)
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "stacked", what: "stacked needs at least one recurrence" });
  const sizesOf = ({ input, units }: Sizes): Sizes[] =>
    layers.map((_, k) => ({ units, input: k === 0 ? input : layers[k - 1]!.outputSize(units) }));
  return {
    name: `stacked ${layers.map((l) => l.name).join(", ")}`,
    weights: (sizes) => sizesOf(sizes).map((s, k) => layers[k]!.weights(s)),
    state: (sizes) => sizesOf(sizes).map((s, k) => layers[k]!.state(s)),
    outputSize: (units) => layers.at(-1)!.outputSize(units),
    run(weights, x, { state, ...options } = {}) {
      const results: RunResult<unknown>[] = [];
      for (const [k, layer] of layers.entries())
        results.push(
          layer.run((weights as never[])[k]!, results.at(-1)?.outputs ?? x, { ...options, state: (state as unknown[] | undefined)?.[k] }),
        );
      const top = results.at(-1)!;
      return { outputs: top.outputs, last: top.last, state: results.map((r) => r.state) };
    },
  };
}
