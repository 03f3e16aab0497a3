// What an optimizer is: a rule from gradient to update over one flat array, with its rates computed on the host.
import { SluiceError, type Tensor, type TypedArray } from "@sluice/core";
import { checkClip, type Clip } from "./clip.ts";

export interface Optimizer {
  readonly name: string;
  readonly clip: Clip;
  /** The arrays it keeps, each as long as the parameters and zero at first. */
  readonly slots: readonly string[];
  /** How many numbers it needs anew for each update. */
  readonly hyperLength: number;
  /** Those numbers for the update after `step` others, in float64: a schedule recompiles nothing. */
  hyper(step: number, into: TypedArray): void;
  /** All flat and of one length, `hyper` scalars; traced. */
  update(now: Update & { readonly gradient: Tensor; readonly hyper: readonly Tensor[] }): Update;
}

export interface Update {
  readonly params: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** A number, or a function of the updates done so far. */
export type LearningRate = number | ((step: number) => number);

/** Throws INVALID_ARGUMENT where a schedule gives no finite number. */
export function rateAt(who: string, learningRate: LearningRate, step: number): number {
  const rate = typeof learningRate === "number" ? learningRate : learningRate(step);
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw refused(who, `learningRate must be a finite number of at least 0, got ${rate} at step ${step}`);
}

/** Throws INVALID_ARGUMENT where a fraction is outside [0, 1), the rate is no rate, or more than one clip is set. */
export function checkOptimizer(who: string, learningRate: LearningRate, clip: Clip, fractions: Readonly<Record<string, number>>): void {
  if (typeof learningRate === "number") rateAt(who, learningRate, 0);
  checkClip(who, clip);
  for (const [name, value] of Object.entries(fractions)) {
    if (!(value >= 0 && value < 1)) throw refused(who, `${name} must lie in [0, 1), got ${value}`);
  }
}

export function refused(who: string, what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what });
}
