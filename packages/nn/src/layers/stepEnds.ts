// Steps that come or go at both ends of a sequence.
import { iota, where, type Tensor } from "@sluice/core";
import { count, type Rule } from "@sluice/core/arguments";
import { either } from "../options/rules.ts";
import { flags } from "./counted.ts";

export type BothEnds = number | readonly [before: number, after: number];

const pair: Rule<readonly [number, number]> = {
  expected: "a list of two such numbers",
  accepts: (value): value is readonly [number, number] => Array.isArray(value) && value.length === 2 && value.every(count.accepts),
};
export const bothEnds: Rule<BothEnds> = either(count, pair);

export function ends(given: BothEnds): readonly [before: number, after: number] {
  return typeof given === "number" ? [given, given] : given;
}

/**
 * Where each row ends that a mask [batch, steps] tells, and where the steps stand: [batch, 1] and [steps], behind the last step that counts; the first
 * is step 0.
 */
export function endOf(mask: Tensor, x: Tensor): Tensor {
  const steps = iota(mask.shape[1] ?? 0, x.dtype);
  return where(flags(mask, x), steps.add(1), 0).max(1, { keepDims: true });
}
