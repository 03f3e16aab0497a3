// What a cell is: weights and state by name, and one step as its equations. A user's own cell is written like the built-in ones.
import { options, type Names } from "../arguments/options.ts";
import type { Tensor } from "../trace/tensor.ts";
import { scope } from "../trace/scope.ts";
import { checkCell } from "./checkCell.ts";
import type { Init } from "../arguments/init.ts";

/** A weight: its axes by name, in order, and how it starts. */
export interface Weight {
  readonly axes: Readonly<Record<string, number>>;
  readonly init: Init;
}
export type Weights = Readonly<Record<string, Weight>>;

/** A state: its axes by name, after the batch axis. It starts at zero unless given. */
export interface StateSpec {
  readonly axes: Readonly<Record<string, number>>;
}
export type States = Readonly<Record<string, StateSpec>>;

/** A tensor that a run may be given beside x, such as a mask: its axes by name after the batch axis, and whether each step has its own. */
export interface ExtraSpec {
  readonly axes: Readonly<Record<string, number>>;
  readonly per: "step" | "sequence";
}
export type Extras = Readonly<Record<string, ExtraSpec>>;
/** Of a cell that takes none. */
export type NoExtras = Readonly<Record<never, ExtraSpec>>;

/** A tensor for each name. */
export type Tensors<S> = { readonly [K in keyof S]: Tensor };
/** A tensor for each name that was given. */
export type Given<E> = { readonly [K in keyof E]?: Tensor | undefined };

export interface Sizes {
  /** Features per step of the input. */
  readonly input: number;
  readonly units: number;
}

/** What `cell` takes. */
export interface CellDefinition<P extends Weights, S extends States, E extends Extras> {
  readonly name: string;
  weights(sizes: Sizes): P;
  state(sizes: Sizes): S;
  /** What a run may be given beside x. Default nothing. */
  extras?(sizes: Sizes): E;
  /** Features of the output. Default the units. */
  outputSize?(units: number): number;
  /**
   * One time step: x [batch, input] and state [batch, …] → output [batch, …] and the next state.
   * `extras` holds those that were given, each [batch, …]; without them a cell does what it does in inference.
   * It may close over any traced tensor (an encoder's memory): gradients flow to it.
   */
  step(weights: Tensors<P>, x: Tensor, state: Tensors<S>, extras: Given<E>): { readonly output: Tensor; readonly state: Tensors<S> };
}

export interface Cell<P extends Weights = Weights, S extends States = States, E extends Extras = Extras> extends CellDefinition<P, S, E> {
  step(weights: Tensors<P>, x: Tensor, state: Tensors<S>, extras?: Given<E>): { readonly output: Tensor; readonly state: Tensors<S> };
}

/**
 * A cell of your own. The types follow from `weights`, `state` and `extras`, so that a misspelt name does not compile.
 * Errors of its step name the cell: "mgu.step".
 */
export function cell<P extends Weights, S extends States, E extends Extras = NoExtras>(definition: CellDefinition<P, S, E>): Cell<P, S, E> {
  checkCell("cell", options("cell", definition, names, "definition"), "definition");
  const { name, step } = definition;
  return {
    ...definition,
    step: (weights, x, state, extras = {}) =>
      scope(`${name}.step`, () =>
        step(nameAll(weights), x.rank === 2 ? x.derive(x.node, ["batch", "input"], "x") : x, nameAll(state), nameAll(extras)),
      ),
  };
}

const names: Names<CellDefinition<Weights, States, Extras>> = {
  name: true,
  weights: true,
  state: true,
  extras: true,
  outputSize: true,
  step: true,
};

/** Weights, states and extras carry their names into messages. */
function nameAll<R extends Readonly<Record<string, Tensor | undefined>>>(tensors: R): R {
  return Object.fromEntries(Object.entries(tensors).map(([key, t]) => [key, t && t.derive(t.node, t.axes, key)])) as R;
}
