// What stands in for what is missing.
import { SluiceError } from "@sluice/core";
import { check, count, finite, record } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { listOf, nonEmpty } from "../arguments/rules.ts";
import { checkFiniteRows, matrixOf, readRows, type Matrix } from "../numbers/rows.ts";
import type { Numbers } from "../numbers/numbers.ts";

export interface ForwardFillOptions {
  /** Rows in a row, at most, that are filled from one; the rest stay NaN. Default all. */
  readonly limit?: number;
}

/**
 * x [rows] or [rows, features] with the last number of the column in place of NaN. What stands in front of all numbers of its column stays NaN, since nothing
 * before it is known.
 * Throws as other readers of rows, and NOT_FINITE for infinities.
 */
export function forwardFill(x: Numbers, options: ForwardFillOptions = {}): Matrix {
  const who = "forwardFill",
    { limit = Infinity } = given(who, options, { limit: count }),
    rows = readRows(who, "x", x);
  checkFiniteRows(who, "x", rows, true);
  const { width } = rows,
    data = Float64Array.from(rows.data),
    since = new Float64Array(width);
  for (let i = 0; i < data.length; i++) {
    const c = i % width;
    const isMissing = Number.isNaN(data[i]);
    since[c] = isMissing ? (since[c] ?? 0) + 1 : 0;
    if (isMissing && i >= width && (since[c] ?? 0) <= limit) data[i] = data[i - width] ?? NaN;
  }
  return matrixOf(data, rows.shape, rows.columns);
}

/** Puts a number of its own into each column; JSON keeps it. */
export interface Imputer {
  readonly values: readonly number[];
  /** x with `values` in place of NaN. Throws SHAPE_MISMATCH for another number of features. */
  transform(x: Numbers): Matrix;
}

/**
 * Fills with the mean of each column of the training data: `meanImputer().fit(train).transform(test)`.
 * `fit` throws EMPTY_DATA for a column without a number, NOT_FINITE for infinities.
 */
export function meanImputer(): { fit(x: Numbers): Imputer } {
  const who = "meanImputer";
  return {
    fit(x) {
      const rows = readRows(who, "x", x),
        { data, width, columns } = rows;
      checkFiniteRows(who, "x", rows, true);
      const sums = new Float64Array(width),
        counts = new Float64Array(width);
      for (let i = 0; i < data.length; i++) {
        const value = data[i] ?? NaN;
        if (Number.isNaN(value)) continue;
        sums[i % width] = (sums[i % width] ?? 0) + value;
        counts[i % width] = (counts[i % width] ?? 0) + 1;
      }
      const empty = counts.indexOf(0);
      if (empty >= 0 || width === 0)
        throw new SluiceError({
          code: "EMPTY_DATA",
          who,
          what: `column ${JSON.stringify(columns?.[empty] ?? empty)} has no number`,
          fix: "Leave that column out",
        });
      return imputerOf({ values: Array.from(sums, (sum, c) => sum / (counts[c] ?? NaN)) });
    },
  };
}

/** An imputer of its values, as `JSON.parse` gives them. */
export function imputerOf(parameters: Pick<Imputer, "values">): Imputer {
  const { values: given_ } = record("imputerOf", parameters, "the parameters");
  check("imputerOf", "values", given_, nonEmpty(listOf(finite)));
  const values = [...given_];
  return {
    values,
    transform(x) {
      const { data, width, shape, columns } = readRows("imputer.transform", "x", x);
      if (width !== values.length)
        throw new SluiceError({
          code: "SHAPE_MISMATCH",
          who: "imputer.transform",
          what: `it was fitted to ${values.length} features, x has ${width}`,
          facts: { features: values.length },
        });
      return matrixOf(
        Float64Array.from(data, (value, i) => (Number.isNaN(value) ? (values[i % width] ?? NaN) : value)),
        shape,
        columns,
      );
    },
  };
}
