// Axes as Keras counts them: the batch is axis 0, negative ones count from the end.
import { maxRank, refused, type Rule } from "@sluice/core/arguments";
import { either, listOf } from "../options/rules.ts";
import { shapeMismatch } from "./checks.ts";
import type { Spec } from "./spec.ts";

export const anyAxis: Rule<number> = {
  expected: `a whole number from ${-maxRank} to ${maxRank} but 0, which is the batch`,
  accepts: (value): value is number => Number.isInteger(value) && Math.abs(Number(value)) <= maxRank && value !== 0,
};

export const anyAxes: Rule<number | readonly number[]> = either(anyAxis, listOf(anyAxis));

/**
 * Counted from the end, ascending: the same with steps and without. Throws SHAPE_MISMATCH for one that a sample lacks, INVALID_ARGUMENT for none and for
 * one named twice.
 */
export function axesOf(who: string, axis: number | readonly number[], input: Spec): readonly number[] {
  const rank = input.shape.length,
    given = typeof axis === "number" ? [axis] : axis;
  const axes = given.map((a) => (a < 0 ? a : a - rank - 1)).sort((a, b) => a - b);
  const missing = given.find((_, i) => !(Number(axes[i]) >= -rank && Number(axes[i]) < 0));
  if (missing !== undefined) throw shapeMismatch(who, `axes ${given.join(", ")} beside the batch`, input);
  if (axes.length === 0 || new Set(axes).size !== axes.length) throw refused(who, "axis", axis, "an axis, or a list of axes, each once");
  return axes;
}

/** Whether the axis of the steps is among those counted from the end. */
export function holdsSteps(axes: readonly number[], input: Spec): boolean {
  return input.axes[0] === "steps" && axes.includes(-input.shape.length);
}
