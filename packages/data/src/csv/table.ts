// Rows of values as columns.
import type { CsvTypes } from "./options.ts";
import type { Category, ColumnOf, CsvType } from "./types.ts";
import type { RowValues } from "./rows.ts";

/** A csv in columns, by name. */
export interface Table<T extends CsvTypes = CsvTypes> {
  readonly rows: number;
  readonly columns: { readonly [K in keyof T]: ColumnOf<T[K]> };
}

/** As many rows as are given, one after the other. */
export function tableOf<T extends CsvTypes>(types: T, rows: readonly RowValues[]): Table<T> {
  const columns = Object.entries<CsvType>(types).map(([name, type], c) => [name, columnOf(type, rows, c)]);
  return { rows: rows.length, columns: Object.fromEntries(columns) as Table<T>["columns"] }; // each by its type
}

function columnOf(type: CsvType, rows: readonly RowValues[], c: number): readonly string[] | Float64Array | Category {
  if (type === "string") return rows.map((row) => String(row[c]));
  if (type === "category" || Array.isArray(type))
    return categorised(
      rows.map((row) => String(row[c])),
      type === "category" ? [] : type,
    );
  return Float64Array.from(rows, (row) => Number(row[c]));
}

function categorised(texts: readonly string[], known: readonly string[]): Category {
  const places = new Map(known.map((text, code) => [text, code]));
  const codes = Int32Array.from(texts, (text) => {
    if (text === "") return -1;
    const code = places.get(text) ?? places.size;
    places.set(text, code);
    return code;
  });
  return { codes, categories: [...places.keys()] };
}
