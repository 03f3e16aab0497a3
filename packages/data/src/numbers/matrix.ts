// Columns of numbers side by side.
import { SluiceError } from "@sluice/core";
import { check, meant, record, refused, text } from "@sluice/core/arguments";
import { listOf } from "../arguments/rules.ts";
import { matrixOf, type Matrix } from "./rows.ts";
import { readArray, type Numbers } from "./numbers.ts";

/** What may be a column: numbers [rows], or several columns [rows, columns], as `oneHot` gives them. */
export type ColumnNumbers = Numbers;

/**
 * Columns by name → [rows, features] in float64, in the order of the names, or of the record. What stands there as [rows, n] gives n columns, called by its
 * own names or "name 0", "name 1", ….
 *
 * Throws INVALID_ARGUMENT for a column that there is not or that is of texts, SHAPE_MISMATCH for unlike numbers of rows, EMPTY_DATA for none.
 */
export function matrix(columns: object, names: readonly string[] = Object.keys(record("matrix", columns, "the columns"))): Matrix {
  const who = "matrix";
  record(who, columns, "the columns");
  check(who, "names", names, listOf(text));
  const parts = names.map((name) => partOf(who, columns, name)),
    rows = parts[0]?.rows ?? 0;
  if (rows === 0) throw new SluiceError({ code: "EMPTY_DATA", who, what: parts.length === 0 ? "there is no column" : "there is no row" });
  const other = parts.findIndex((part) => part.rows !== rows);
  if (other >= 0)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who,
      what: `all columns must have as many rows: ${names[0]} has ${rows}, ${names[other]} has ${parts[other]?.rows}`,
      facts: { rows, column: names[other] },
    });
  const width = parts.reduce((sum, { called }) => sum + called.length, 0),
    data = new Float64Array(rows * width);
  let from = 0;
  for (const { data: own, called } of parts) {
    for (let row = 0; row < rows; row++)
      for (let c = 0; c < called.length; c++) data[row * width + from + c] = own[row * called.length + c] ?? NaN;
    from += called.length;
  }
  return matrixOf(
    data,
    [rows, width],
    parts.flatMap(({ called }) => called),
  );
}

interface Part {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly called: readonly string[];
}

function partOf(who: string, columns: object, name: string): Part {
  if (!Object.hasOwn(columns, name))
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `there is no column ${JSON.stringify(name)}`,
      fix: meant(name, Object.keys(columns)),
      facts: { column: name },
    });
  const value: unknown = Reflect.get(columns, name);
  if (isOfTexts(value)) throw refused(who, name, value, "numbers", [], `Make numbers of it: oneHot(${name})`);
  const { data, shape } = readArray(who, name, value as Numbers); // which it checks
  const [rows = 0, width] = shape;
  if (shape.length === 1) return { data, rows, called: [name] };
  if (shape.length !== 2) throw refused(who, name, value, "numbers [rows], or [rows, columns]");
  const own = (value as { readonly columns?: readonly string[] }).columns;
  return { data, rows, called: own ?? Array.from({ length: width ?? 0 }, (_, c) => `${name} ${c}`) };
}

function isOfTexts(value: unknown): boolean {
  return (Array.isArray(value) && typeof value[0] === "string") || (typeof value === "object" && value !== null && "codes" in value);
}
