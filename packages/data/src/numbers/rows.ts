// Numbers in rows and columns, with names for the columns where there are any.
import { SluiceError, type HostArray, type Shape } from "@sluice/core";
import { meant } from "@sluice/core/arguments";
import { isHostArray, readArray, type Numbers } from "./numbers.ts";

/** Numbers in float64, and what the columns, its last axis, are called. */
export interface Matrix extends HostArray {
  readonly dtype: "f64";
  readonly data: Float64Array;
  readonly columns?: readonly string[];
}

/** A column by its place or its name. */
export type Column = number | string;

/** Numbers whose last axis is that of the features. */
export interface Rows {
  readonly data: ArrayLike<number>;
  /** As it came. */
  readonly shape: Shape;
  /** Of all axes but the last. */
  readonly rows: number;
  /** Of the last axis; 1 for a single column [rows]. */
  readonly width: number;
  readonly columns: readonly string[] | undefined;
}

/** x [rows] or [rows, …, features]. Throws as `readArray`; SHAPE_MISMATCH for a scalar, and for names that are not as many as the columns. */
export function readRows(who: string, name: string, value: Numbers): Rows {
  const { data, shape } = readArray(who, name, value);
  if (shape.length === 0)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who,
      what: `${name} must be rows of features, got one number`,
      fix: "Put it in a list",
    });
  const width = shape.length === 1 ? 1 : (shape.at(-1) ?? 1);
  const rows = shape.length === 1 ? data.length : shape.slice(0, -1).reduce((product, n) => product * n, 1);
  return { data, shape, rows, width, columns: columnsOf(who, name, value, width) };
}

function columnsOf(who: string, name: string, value: Numbers, width: number): readonly string[] | undefined {
  const columns: unknown = isHostArray(value) && "columns" in value ? value.columns : undefined;
  if (columns === undefined) return undefined;
  if (Array.isArray(columns) && columns.length === width && columns.every((one) => typeof one === "string")) return columns as string[]; // as was just seen
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `columns of ${name} must be a name for each of ${width} features`,
    facts: { columns },
  });
}

/** Places of columns. Throws INVALID_ARGUMENT for one that there is not. */
export function placesOf(
  who: string,
  option: string,
  picked: readonly Column[],
  { width, columns }: Pick<Rows, "width" | "columns">,
): readonly number[] {
  return picked.map((one) => {
    const place = typeof one === "number" ? one : (columns?.indexOf(one) ?? -1);
    if (place >= 0 && place < width) return place;
    const there = columns === undefined ? `There are columns 0 … ${width - 1}, without names` : meant(String(one), columns);
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `${option}: there is no column ${JSON.stringify(one)}`,
      fix: there,
      facts: { [option]: one, columns, width },
    });
  });
}

/** Throws NOT_FINITE, with row and column, for the first number that is NaN or infinite; with `isMissing` NaN goes. */
export function checkFiniteRows(who: string, name: string, { data, width, columns }: Rows, isMissing = false): void {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? NaN;
    if (Number.isFinite(value) || (isMissing && Number.isNaN(value))) continue;
    throw notFinite(who, name, value, Math.floor(i / width), columns?.[i % width] ?? i % width);
  }
}

export function notFinite(who: string, name: string, value: number, row: number, column: Column, fix?: string): SluiceError {
  return new SluiceError({
    code: "NOT_FINITE",
    who,
    what: `${name} holds ${value} in row ${row}, column ${JSON.stringify(column)}`,
    fix: fix ?? "Fill or drop what is missing first: forwardFill, meanImputer",
    facts: { row, column, value },
  });
}

export function matrixOf(data: Float64Array, shape: Shape, columns?: readonly string[]): Matrix {
  return { dtype: "f64", shape, data, ...(columns !== undefined && { columns }) };
}
