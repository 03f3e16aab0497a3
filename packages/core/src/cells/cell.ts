// What a cell is: weights and state by name, and one step as its equations. A user's own cell is written like the built-in ones.
import { Tensor } from "../trace/tensor.ts";
import { scope } from "../trace/scope.ts";
import type { Init } from "./initialise.ts";

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

/** A tensor for each name. */
export type Tensors<S> = { readonly [K in keyof S]: Tensor };

export interface Sizes {
  /** Features per step of the input. */
  readonly input: number;
  readonly units: number;
}

export interface Cell<P extends Weights = Weights, S extends States = States> {
  readonly name: string;
  weights(sizes: Sizes): P;
  state(sizes: Sizes): S;
  /**
   * One time step: x [batch, input] and state [batch, …] → output [batch, …] and the next state.
   * It may close over any traced tensor (an encoder's memory, a dropout mask): gradients flow to it.
   */
  step(weights: Tensors<P>, x: Tensor, state: Tensors<S>): { readonly output: Tensor; readonly state: Tensors<S> };
}

/**
 * A cell of your own. The types follow from `weights` and `state`, so that a misspelt name does not compile.
 * Errors of its step name the cell: "mgu.step".
 */
export function cell<P extends Weights, S extends States>(definition: Cell<P, S>): Cell<P, S> {
  const { name, step } = definition;
  return {
    ...definition,
    step: (weights, x, state) =>
      scope(`${name}.step`, () => step(nameAll(weights), x.rank === 2 ? new Tensor(x.node, ["batch", "input"], "x") : x, nameAll(state))),
  };
}

/** Weights and states carry their names into messages. */
function nameAll<R extends Readonly<Record<string, Tensor>>>(tensors: R): R {
  return Object.fromEntries(Object.entries(tensors).map(([key, t]) => [key, new Tensor(t.node, t.axes, key)])) as R;
}
