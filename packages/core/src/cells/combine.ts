// Recurrences made of recurrences: two directions, several layers.
import { checkOneOf, record } from "../arguments/checks.ts";
import { type Names, options } from "../arguments/options.ts";
import { refused } from "../arguments/rules.ts";
import { SluiceError } from "../errors.ts";
import { add, mul } from "../trace/arithmetic.ts";
import { concat } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { Cell, Extras, Given, Sizes, States, Tensors, Weights } from "./cell.ts";
import { checkCell, checkRecurrence } from "./checkCell.ts";
import type { InitialState, Started } from "./initialState.ts";
import { recurrence, type Recurrence, runNames, type RunOptions, type RunResult, type WeightTensors } from "./recurrence.ts";

export type Merge = keyof typeof merges;

const merges = {
  concat: (a, b) => concat([a, b]),
  sum: add,
  mean: (a, b) => mul(add(a, b), 0.5),
  mul,
} as const satisfies Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>;

export interface BidirectionalOptions<I extends InitialState = InitialState> {
  /** How the two directions' outputs become one: side by side, added, averaged, or multiplied. Default "concat". */
  readonly merge?: Merge | undefined;
  /** Of both directions, each its own; see `recurrence`. Default "zeros". */
  readonly initialState?: I | undefined;
}

/**
 * One cell forwards and one in reverse over the same sequence (Schuster & Paliwal 1997). The second is of the same kind unless given.
 * Weights and state are `{ forward, backward }`; `last` merges what each direction ends with.
 * Throws INVALID_ARGUMENT for an option or a way to merge that there is not.
 */
export function bidirectional<
  P extends Weights,
  S extends States,
  E extends Extras,
  Q extends Weights = P,
  R extends States = S,
  F extends Extras = E,
  const I extends InitialState = "zeros",
>(
  forward: Cell<P, S, E>,
  backward?: Cell<Q, R, F>,
  given: BidirectionalOptions<I> = {},
): Recurrence<BothWays<Started<P, S, I>, Started<Q, R, I>>, BothWays<Tensors<S>, Tensors<R>>, Partial<BothWays<Given<E>, Given<F>>>> {
  const { merge = "concat", initialState } = options("bidirectional", given, { merge: true, initialState: true });
  checkCell("bidirectional", forward, "forward");
  if (backward !== undefined) checkCell("bidirectional", backward, "backward");
  checkOneOf("bidirectional", "merge", merge, Object.keys(merges) as Merge[]);
  const there = recurrence(forward, { initialState }),
    back = recurrence((backward ?? forward) as Cell<Q, R, F>, { reverse: true, initialState }); // without a second cell Q is P, R is S and F is E
  const join = merges[merge];
  return {
    name: `bidirectional ${there.name}`,
    weights: (sizes) => ({ forward: there.weights(sizes), backward: back.weights(sizes) }),
    state: (sizes) => ({ forward: there.state(sizes), backward: back.state(sizes) }),
    extras: (sizes) => ({ forward: there.extras(sizes), backward: back.extras(sizes) }),
    outputSize: (units) => (merge === "concat" ? there.outputSize(units) + back.outputSize(units) : there.outputSize(units)),
    run(weights, x, way = {}) {
      const who = "bidirectional.run",
        { state, extras, ...rest } = options<RunOptions<BothWays<Tensors<S>, Tensors<R>>, Partial<BothWays<Given<E>, Given<F>>>>>(
          who,
          way,
          runNames,
        );
      options(who, record(who, weights, "weights"), ways, "weights");
      if (state !== undefined) options(who, state, ways, "state");
      if (extras !== undefined) options<object>(who, extras, ways, "extras");
      const both = weights as BothWays<WeightTensors<Started<P, S, I>>, WeightTensors<Started<Q, R, I>>>;
      const a = there.run(both.forward, x, { ...rest, state: state?.forward, extras: extras?.forward }),
        b = back.run(both.backward, x, { ...rest, state: state?.backward, extras: extras?.backward });
      return { outputs: join(a.outputs, b.outputs), last: join(a.last, b.last), state: { forward: a.state, backward: b.state } };
    },
  };
}

const ways: Names<BothWays<unknown, unknown>> = { forward: true, backward: true };

type BothWays<A, B> = {
  readonly forward: A;
  readonly backward: B;
};

/**
 * Recurrences one above the other: each reads the outputs of the one below. Weights and state are lists in that order.
 * Throws INVALID_ARGUMENT for an empty list.
 */
export function stacked<const L extends readonly Recurrence<unknown, unknown>[]>(
  layers: L,
): Recurrence<
  { readonly [K in keyof L]: ReturnType<L[K]["weights"]> },
  { readonly [K in keyof L]: ReturnType<L[K]["run"]>["state"] },
  { readonly [K in keyof L]: ExtrasOf<L[K]> }
>;
export function stacked(layers: readonly Recurrence<unknown, unknown>[]): Recurrence<unknown, unknown> {
  if (!Array.isArray(layers)) throw refused("stacked", "layers", layers, "a list of recurrences");
  for (let k = 0; k < layers.length; k++) checkRecurrence("stacked", layers[k], `layer ${k}`);
  if (layers.length === 0)
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "stacked", what: "stacked needs at least one recurrence" });
  const sizesOf = ({ input, units }: Sizes): Sizes[] =>
    layers.map((_, k) => ({ units, input: k === 0 ? input : layers[k - 1]!.outputSize(units) }));
  const of = (list: unknown, k: number): unknown => (list as readonly unknown[] | undefined)?.[k];
  return {
    name: `stacked ${layers.map((l) => l.name).join(", ")}`,
    weights: (sizes) => sizesOf(sizes).map((s, k) => layers[k]!.weights(s)),
    state: (sizes) => sizesOf(sizes).map((s, k) => layers[k]!.state(s)),
    extras: (sizes) => sizesOf(sizes).map((s, k) => layers[k]!.extras(s)),
    outputSize: (units) => layers.at(-1)!.outputSize(units),
    run(weights, x, way = {}) {
      const { state, extras, ...rest } = options("stacked.run", way, runNames);
      for (const [name, list] of Object.entries({ weights, state, extras })) checkLayers(name, list, layers.length);
      const results: RunResult<unknown>[] = [];
      for (const [k, layer] of layers.entries())
        results.push(
          layer.run(of(weights, k) as never, results.at(-1)?.outputs ?? x, { ...rest, state: of(state, k), extras: of(extras, k) }),
        );
      const top = results.at(-1)!;
      return { outputs: top.outputs, last: top.last, state: results.map((r) => r.state) };
    },
  };
}

/** Throws INVALID_ARGUMENT for what is no list with an entry for each layer; state and extras may be left out. */
function checkLayers(name: string, list: unknown, count: number): void {
  if (name !== "weights" && list === undefined) return;
  if (!Array.isArray(list) || list.length !== count) throw refused("stacked.run", name, list, `a list of ${count}, one for each layer`);
}

type ExtrasOf<L extends Recurrence<unknown, unknown>> = NonNullable<Parameters<L["run"]>[2]>["extras"];
