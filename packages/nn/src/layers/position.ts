// How many steps a row has read: what layers keep that run one step at a time and must know where they stand.
import { cast, less, SluiceError, where, type Tensor, type Tree } from "@sluice/core";
import type { Spec } from "./spec.ts";

export const position: Spec = { shape: [], axes: [], dtype: "i32" };

/** [batch], of a state { position, … }. */
export function positionIn(state: Tree<Tensor>): Tensor {
  return (state as { readonly position: Tensor }).position; // whoever asks put it there
}

/** x [batch, features], and NaN of rows that have read more steps than there is room for: whoever chooses by it hears of it. */
export function within(steps: number, at: Tensor, x: Tensor): Tensor {
  return where(cast(less(at, steps), x.dtype).expand(1), x, NaN);
}

/** Throws INVALID_ARGUMENT where nobody said how many steps there may be. */
export function stepsAtMost(who: string, maxSteps: number | undefined): number {
  if (maxSteps !== undefined) return maxSteps;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: "keeps something of every step, or has a place for each",
    fix: "Say how many steps there may be: stream({ maxSteps })",
  });
}
