// What a cell is to the oracle: one row through one step, and back.
import type { Shaped } from "../tree.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Bounded } from "./bounded.ts";

export type Named = Readonly<Record<string, Bounded>>;
export interface Sizes {
  readonly input: number;
  readonly units: number;
}

export interface Cell<W extends object = Named, S extends object = Named> {
  readonly name: string;
  /** Shapes of the weights. */
  weights(sizes: Sizes): Readonly<Record<string, Shaped>>;
  /** Names of the states, each [units]. The first is `h`, which is also the output. */
  readonly states: readonly string[];
  /** x [input], states [units]. */
  step(arithmetic: Arithmetic, weights: W, x: Bounded, state: S): Step<W, S>;
}

export interface Step<W extends object = Named, S extends object = Named> {
  readonly state: S;
  /** From the gradients of the new states, derived by hand: those of the weights (this step's share), of x and of the old states. */
  backward(d: S): { readonly weights: W; readonly x: Bounded; readonly state: S };
}
