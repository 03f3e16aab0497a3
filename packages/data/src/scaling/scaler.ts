// What a fitted scaler is: for each column z = (x − center) / scale, there and back, as plain numbers.
import { SluiceError } from "@sluice/core";
import { check, finite, positive, record, text, type Rule } from "@sluice/core/arguments";
import { column, listOf, nonEmpty } from "../arguments/rules.ts";
import { matrixOf, placesOf, readRows, type Column, type Matrix } from "../numbers/rows.ts";
import type { Numbers } from "../numbers/numbers.ts";

/** A scaler as JSON holds it. */
export interface ScalerParameters {
  /** What is taken from each column. */
  readonly center: readonly number[];
  /** By what it is then divided: above 0. */
  readonly scale: readonly number[];
  /** What the columns are called, where the data said so. */
  readonly columns?: readonly string[];
  /** Places of columns that did not vary where it was fitted: their scale, which would be 0, is 1. */
  readonly constant: readonly number[];
}

/** Options of nn's `normalization`: a number for each column; of a scaler of one column that one, so that the layer does it to as many features as there are. */
export interface NormalizationStatistics {
  readonly mean: number | readonly number[];
  readonly variance: number | readonly number[];
  readonly invert: boolean;
}

/** Options of nn's `rescaling`, likewise. */
export interface RescalingNumbers {
  readonly scale: number | readonly number[];
  readonly offset: number | readonly number[];
}

/** A fitted scaler. `JSON.stringify` keeps its parameters, and `scalerOf` makes it of them again. */
export interface Scaler extends ScalerParameters {
  /** (x − center) / scale of x [rows] or [rows, …, features]; NaN stays NaN. Throws SHAPE_MISMATCH for another number of features. */
  transform(x: Numbers): Matrix;
  /** z · scale + center: the way back. Throws as `transform`. */
  inverse(z: Numbers): Matrix;
  /** That of some columns, in this order. Throws INVALID_ARGUMENT for one that there is not. */
  select(...columns: readonly Column[]): Scaler;
  /** What nn's `normalization` takes: the same inside a model, or with `invert` the way back. Throws INVALID_ARGUMENT for a scale below 10⁻⁷, by which that layer does not divide. */
  normalization(options?: { readonly invert?: boolean }): NormalizationStatistics;
  /** What nn's `rescaling` takes, likewise; in f32 it loses digits of columns that are far from 0 for their spread. */
  rescaling(options?: { readonly invert?: boolean }): RescalingNumbers;
}

/** The least that nn's `normalization`, as Keras's, divides by. */
const leastScale = 1e-7;

/**
 * A scaler of its parameters, as `JSON.parse` gives them.
 * Throws INVALID_ARGUMENT for what is none, and SHAPE_MISMATCH for unlike numbers of columns.
 */
export function scalerOf(parameters: ScalerParameters): Scaler {
  const { center, scale, columns, constant } = checked(parameters);
  const width = scale.length;
  const each = (who: string, x: Numbers, of: (value: number, c: number) => number): Matrix => {
    const rows = readRows(who, "x", x);
    if (rows.width !== width) throw otherWidth(who, rows.shape, width);
    return matrixOf(Float64Array.from(rows.data, (value, i) => of(value, i % width)), rows.shape, rows.shape.length > 1 ? (rows.columns ?? columns) : undefined); // prettier-ignore
  };
  const at = (values: readonly number[], c: number): number => values[c] ?? NaN; // there is one for each column
  return {
    center,
    scale,
    ...(columns !== undefined && { columns }),
    constant,
    transform: (x) => each("scaler.transform", x, (value, c) => (value - at(center, c)) / at(scale, c)),
    inverse: (z) => each("scaler.inverse", z, (value, c) => value * at(scale, c) + at(center, c)),
    select(...picked) {
      check(`scaler.select`, "columns", picked, nonEmpty(listOf(column)));
      const places = placesOf("scaler.select", "columns", picked, { width, columns });
      return scalerOf({
        center: places.map((c) => at(center, c)),
        scale: places.map((c) => at(scale, c)),
        ...(columns !== undefined && { columns: places.map((c) => columns[c] ?? "") }),
        constant: places.flatMap((c, i) => (constant.includes(c) ? [i] : [])),
      });
    },
    normalization({ invert = false } = {}) {
      const narrow = scale.findIndex((value) => value < leastScale);
      if (narrow >= 0) throw tooNarrow(at(scale, narrow), columns?.[narrow] ?? narrow);
      return { mean: plain(center), variance: plain(scale.map((value) => value ** 2)), invert };
    },
    rescaling: ({ invert = false } = {}) =>
      invert
        ? { scale: plain(scale), offset: plain(center) }
        : { scale: plain(scale.map((value) => 1 / value)), offset: plain(scale.map((value, c) => 0 - at(center, c) / value)) },
  };
}

/** One as a number. */
function plain(values: readonly number[]): number | readonly number[] {
  return values.length === 1 ? (values[0] ?? NaN) : [...values];
}

const numbersOf = (rule: Rule<number>): Rule<readonly number[]> => nonEmpty(listOf(rule));

function checked(parameters: ScalerParameters): ScalerParameters {
  const who = "scalerOf",
    { center, scale, columns, constant } = record(who, parameters, "the parameters");
  check(who, "center", center, numbersOf(finite));
  check(who, "scale", scale, numbersOf(positive));
  check(who, "constant", constant, listOf(column));
  if (columns !== undefined) check(who, "columns", columns, listOf(text));
  const isAlike = center.length === scale.length && (columns === undefined || columns.length === scale.length);
  if (isAlike)
    return { center: [...center], scale: [...scale], ...(columns !== undefined && { columns: [...columns] }), constant: [...constant] };
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `center has ${center.length} columns, scale ${scale.length}, columns ${columns?.length ?? scale.length}`,
  });
}

function otherWidth(who: string, shape: readonly number[], width: number): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `the scaler was fitted to ${width} features, x is [${shape.join(", ")}]`,
    fix: width === 1 ? "Give a column, or an array whose last axis is 1" : "Give all columns, or take the scaler of some: scaler.select(…)",
    facts: { features: width, shape },
  });
}

function tooNarrow(scale: number, name: Column): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: "scaler.normalization",
    what: `the scale ${scale} of column ${JSON.stringify(name)} is below ${leastScale}, by which the layer does not divide`,
    fix: "Take rescaling(…) instead, or give that column in larger units",
    facts: { scale, column: name },
  });
}
