// Rates that hold up to a boundary each.
import { nonNegative, refused } from "@sluice/core/arguments";
import { counter, listOf } from "../options/rules.ts";
import { given, required, type Table } from "../options/table.ts";
import { schedule, type Schedule } from "./schedule.ts";

export interface PiecewiseConstantDecayConfig {
  /** Steps, ascending: up to and with each the value in its place holds. */
  readonly boundaries: readonly number[];
  /** One more than boundaries: the last holds after them all. */
  readonly values: readonly number[];
}

export const piecewiseConstantDecayTable = {
  boundaries: required(listOf(counter)),
  values: required(listOf(nonNegative)),
} satisfies Table<PiecewiseConstantDecayConfig>;

/**
 * The first value whose boundary is at least `step`, or the last.
 *
 * As in Keras; PyTorch's MultiStepLR changes one step earlier. Throws INVALID_ARGUMENT for numbers out of range, boundaries that do not ascend, and where
 * values are not one more than they.
 */
export function piecewiseConstantDecay(config: PiecewiseConstantDecayConfig): Schedule {
  const who = "piecewiseConstantDecay",
    { boundaries, values } = given(who, piecewiseConstantDecayTable, config);
  if (boundaries.some((boundary, i) => i > 0 && boundary <= (boundaries[i - 1] ?? 0)))
    throw refused(who, "boundaries", boundaries, "whole numbers, each above the one before");
  const last = values.at(-1);
  if (values.length !== boundaries.length + 1 || last === undefined)
    throw refused(who, "values", values, `a list of ${boundaries.length + 1} numbers, one more than boundaries`);
  return schedule(who, (step) => values[boundaries.findIndex((boundary) => step <= boundary)] ?? last);
}
