// What an optimizer is: a rule from gradient to update over one flat array, with its rates computed on the host.
import type { Tensor, TypedArray } from "@sluice/core";
import type { Rule } from "@sluice/core/arguments";
import { having } from "../options/rules.ts";
import type { Averaging } from "./averaging.ts";
import type { Clip } from "./clip.ts";

export interface Optimizer {
  readonly name: string;
  readonly clip: Clip;
  /** The arrays it keeps, each as long as the parameters. */
  readonly slots: readonly string[];
  /** What every element of such an array is at first; 0 where nothing is said. */
  readonly starts?: Readonly<Record<string, number>>;
  /** How the weights that come out of its updates are averaged, in the slot "weightAverage", which is none of its rule; its numbers are the last of `hyper`. Default not at all. */
  readonly averaging?: Averaging;
  /** How many numbers it needs anew for each update. */
  readonly hyperLength: number;
  /** Those numbers for the update after `step` others, in float64: a schedule recompiles nothing. Every rate is multiplied by `scale`, default 1. */
  hyper(step: number, into: TypedArray, scale?: number): void;
  /** The rate of that update, for whoever looks on. */
  learningRate?(step: number): number;
  /** Traced. */
  update(now: Now): Update;
}

/** Params, gradient and slots are flat and of one length. */
export interface Now extends Update {
  readonly gradient: Tensor;
  /** Scalars, as `hyper` gave them. */
  readonly hyper: readonly Tensor[];
  /** False where weight decay does not hold for these weights. */
  readonly decays?: boolean;
  /** The weights that the arrays are made of, one after the other. */
  readonly parts: readonly Part[];
}

/** Where one weight lies, its padding included, which is 0 in params and gradient. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

export interface Update {
  readonly params: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

export const anyOptimizer: Rule<Optimizer> = having("an optimizer, such as adam()", {
  ...{ name: "string", clip: "object", slots: "object", hyperLength: "number" },
  ...{ hyper: "function", update: "function" },
});
