// What running a structure gives, and what the oracle says it must give.
import type { Supports } from "@sluice/core";
import { oracleOf, type Data, type Example } from "../arbitraries/cells.ts";
import { arithmetic, stepsFirst, type Bounded } from "../oracle/index.ts";
import { roundingOf } from "../rounding.ts";
import type { Tree } from "../tree.ts";

export interface Outcome<T> {
  readonly outputs: T;
  readonly last: T;
  readonly state: Tree<T>;
  readonly gradients: { readonly weights: Tree<T>; readonly x: T; readonly state?: Tree<T>; readonly extras?: Tree<T> };
  readonly [key: string]: Tree<T>;
}

/** The oracle's answer, in the layout of the structure, with the bounds that the backend's accuracy allows. */
export function expected(
  supports: Supports,
  { structure, dtype }: Pick<Example, "structure" | "dtype">,
  { weights, x, state, lengths, mask, extras, upstream }: Data,
  given: Partial<Data["upstream"]> = upstream,
): Outcome<Bounded> {
  const { choice, units, timeMajor } = structure;
  const run = oracleOf(choice).run({
    arithmetic: arithmetic(roundingOf(supports, dtype)),
    units,
    weights,
    x,
    state,
    lengths,
    mask,
    extras,
  });
  const { state: dState, ...gradients } = run.backward(given);
  const outcome = {
    outputs: run.outputs,
    last: run.last,
    state: run.state,
    gradients: { ...gradients, ...(state && { state: dState }) },
  };
  return timeMajor ? turned(outcome, stepsFirst) : outcome;
}

/** The outcome with its sequences, the outputs and the gradient of x, laid out otherwise. */
export function turned(outcome: Outcome<Bounded>, turn: (x: Bounded) => Bounded): Outcome<Bounded> {
  return { ...outcome, outputs: turn(outcome.outputs), gradients: { ...outcome.gradients, x: turn(outcome.gradients.x) } };
}
