// How a scaler learns its numbers from columns: what is missing and what never changes is said here once for all scalers.
import { SluiceError } from "@sluice/core";
import { oneOf } from "@sluice/core/arguments";
import { checkFiniteRows, readRows, type Column } from "../numbers/rows.ts";
import type { Numbers } from "../numbers/numbers.ts";
import { scalerOf, type Scaler } from "./scaler.ts";

export interface FitOptions {
  /** NaN where it is fitted: "refuse" it with its place (default), or "ignore" it, as scikit-learn does. */
  readonly missing?: "refuse" | "ignore";
  /** A column of one value alone: "keep" its scale at 1, as scikit-learn does (default), or "refuse" it. */
  readonly constant?: "keep" | "refuse";
}

export const fitRules = { missing: oneOf("refuse", "ignore"), constant: oneOf("keep", "refuse") };

/** Learns from training data alone, so that nothing of the test part is known before it. */
export interface Unfitted {
  /**
   * x [rows] or [rows, …, features] → the scaler, fitted over all axes but the last.
   * Throws EMPTY_DATA for no rows and for columns without a number, NOT_FINITE for infinities and, unless ignored, NaN, by row and column.
   */
  fit(x: Numbers): Scaler;
}

/** Of one column's numbers: what is taken from it, and by what it is divided. */
export interface ColumnScale {
  readonly center: number;
  readonly scale: number;
}

/** A scaler that fits each column by itself. */
export function columnwise(
  who: string,
  { missing = "refuse", constant = "keep" }: FitOptions,
  fitColumn: (values: Float64Array) => ColumnScale,
): Unfitted {
  return {
    fit(x) {
      const rows = readRows(who, "x", x),
        { data, width, columns } = rows;
      if (rows.rows === 0) throw new SluiceError({ code: "EMPTY_DATA", who, what: "there is no row to fit to" });
      checkFiniteRows(who, "x", rows, missing === "ignore");
      const fitted = Array.from({ length: width }, (_, c) => {
        const values = Float64Array.from({ length: rows.rows }, (_row, r) => data[r * width + c] ?? NaN).filter(
          (value) => !Number.isNaN(value),
        );
        if (values.length === 0) throw empty(who, columns?.[c] ?? c);
        const { center, scale } = fitColumn(values);
        const isConstant = !(values.some((value) => value !== values[0]) && scale > 0);
        if (isConstant && constant === "refuse") throw unchanging(who, columns?.[c] ?? c, values[0]);
        return { center, scale: isConstant ? 1 : scale, isConstant };
      });
      return scalerOf({
        center: fitted.map(({ center }) => center),
        scale: fitted.map(({ scale }) => scale),
        ...(columns !== undefined && { columns }),
        constant: fitted.flatMap(({ isConstant }, c) => (isConstant ? [c] : [])),
      });
    },
  };
}

function empty(who: string, name: Column): SluiceError {
  return new SluiceError({
    code: "EMPTY_DATA",
    who,
    what: `column ${JSON.stringify(name)} has no number`,
    fix: "Leave that column out",
    facts: { column: name },
  });
}

function unchanging(who: string, name: Column, value: number | undefined): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `column ${JSON.stringify(name)} does not vary, or not where it is measured: it begins with ${value}`,
    fix: 'Leave that column out, or keep it: { constant: "keep" }',
    facts: { column: name, value },
  });
}
