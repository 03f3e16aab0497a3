// What a cell is to the oracle: one row through one step, and back.
import type { Shaped } from "../tree.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";

export type Named = Readonly<Record<string, Bounded>>;
export interface Sizes {
  readonly input: number;
  readonly units: number;
}

/** An input beyond x: its axes after the batch and, where it is given anew at every step, the steps. */
export interface Extra extends Shaped {
  readonly per: "step" | "sequence";
}

export interface Cell<W extends object = Named, S extends object = Named> {
  readonly name: string;
  /** Shapes of the weights. */
  weights(sizes: Sizes): Readonly<Record<string, Shaped>>;
  /** Sizes of the states by name. The first is `h`, which is also the output. */
  states(units: number): Readonly<Record<string, number>>;
  /** What a run may be given beyond x. Nothing where absent. */
  extras?(sizes: Sizes): Readonly<Record<string, Extra>>;
  /** x [input], states as they are sized, extras of their shapes as far as they are given. */
  step(arithmetic: Arithmetic, weights: W, x: Bounded, state: S, extras?: Named): Step<W, S>;
}

export interface Step<W extends object = Named, S extends object = Named> {
  readonly state: S;
  /**
   * From the gradients of the new states, derived by hand: those of the weights (this step's share), of x and of the old states, and
   * this step's share of those of extras, as far as they have any.
   */
  backward(d: S): { readonly weights: W; readonly x: Bounded; readonly state: S; readonly extras?: Named };
}
