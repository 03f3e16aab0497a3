// Constants of a layer: a number for all features, or one for each.
import { literal, type Tensor } from "@sluice/core";
import { finite, nonNegative, refused, type Rule } from "@sluice/core/arguments";
import { either, listOf, nonEmpty } from "../options/rules.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import type { Spec } from "./spec.ts";

export type PerFeature = number | readonly number[];

export const perFeature: Rule<PerFeature> = each(finite);
export const nonNegativePerFeature: Rule<PerFeature> = each(nonNegative);

function each(rule: Rule<number>): Rule<PerFeature> {
  return either(rule, nonEmpty(listOf(rule, `a list of one for each feature, each ${rule.expected}`)));
}

/** Throws INVALID_ARGUMENT for two lists of unlike lengths. */
export function checkAlike(who: string, name: string, value: PerFeature, other: PerFeature, otherName: string): void {
  if (typeof value === "number" || typeof other === "number" || value.length === other.length) return;
  throw refused(who, name, value, `a number, or as many as ${otherName} has: ${other.length}`);
}

/** Throws DTYPE_MISMATCH for indices, SHAPE_MISMATCH for a sample without as many features as there are numbers. */
export function checkFeatures(who: string, input: Spec, ...values: readonly PerFeature[]): void {
  checkNumbers(who, input);
  const count = values.map((value) => (typeof value === "number" ? undefined : value.length)).find((length) => length !== undefined);
  if (count !== undefined && input.shape.at(-1) !== count) throw shapeMismatch(who, `x [batch, …, features ${count}]`, input);
}

/** [features], or a scalar; `of` is computed in float64 and rounded once. */
export function constantOf(values: PerFeature, { dtype }: Tensor, of: (value: number) => number = (value) => value): Tensor {
  const given = typeof values === "number" ? [values] : values;
  const data = Float64Array.from(given, of);
  return literal(data, typeof values === "number" ? [] : [data.length], dtype);
}
