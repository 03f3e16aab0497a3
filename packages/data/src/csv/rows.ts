// Records of texts as rows of values.
import { meant, show } from "@sluice/core/arguments";
import type { Reading } from "./options.ts";
import { badCsv, type CsvRecord } from "./records.ts";
import { expected, readCell, type CsvType } from "./types.ts";

/** In the order of the types. */
export type RowValues = readonly (number | string)[];

/** Reads records one after the other, the first as the names of the columns. */
export interface RowReader {
  /** Undefined for the record of names, and for a row that is dropped. */
  next(record: CsvRecord): RowValues | undefined;
}

/**
 * Throws FILE_CORRUPT for columns that are missing or there twice, records of another number of cells and cells that are not of their type, and NOT_FINITE
 * for missing cells that are refused; each names line and column.
 */
export function rowReader(reading: Reading): RowReader {
  let places: readonly number[] | undefined,
    width = 0,
    before: RowValues = [];
  return {
    next(record) {
      if (places === undefined) {
        width = record.cells.length;
        places = placesIn(record, reading);
        return undefined;
      }
      const { cells, line } = record;
      if (cells.length !== width)
        throw badCsv("FILE_CORRUPT", reading, line, `there are ${cells.length} cells, the first record has ${width} names`);
      const texts = places.map((place) => cells[place] ?? "");
      if (reading.columns.some(({ missing }, c) => missing === "drop" && isMissing(texts[c] ?? "", reading))) return undefined;
      const row = reading.columns.map((column, c) => valueOf(texts[c] ?? "", column, before[c], line, reading));
      before = row;
      return row;
    },
  };
}

function placesIn({ cells, line }: CsvRecord, reading: Reading): readonly number[] {
  const names = cells.map((cell) => cell.trim());
  const missing = reading.columns.filter(({ name }) => !names.includes(name)).map(({ name }) => name),
    [first = "", ...more] = missing;
  if (missing.length > 0) {
    const what = more.length === 0 ? `there is no column ${JSON.stringify(first)}` : `the columns ${missing.join(", ")} are missing`;
    throw badCsv("FILE_CORRUPT", reading, line, what, { fix: meant(first, names) });
  }
  return reading.columns.map(({ name }) => {
    const place = names.indexOf(name);
    if (names.indexOf(name, place + 1) >= 0)
      throw badCsv("FILE_CORRUPT", reading, line, `the column ${JSON.stringify(name)} is there twice`, {
        fix: "Give one of them another name",
      });
    return place;
  });
}

function isMissing(cell: string, { markers }: Reading): boolean {
  return markers.has(cell.trim());
}

function valueOf(
  cell: string,
  { name, type, missing }: Reading["columns"][number],
  before: number | string | undefined,
  line: number,
  reading: Reading,
): number | string {
  if (!isMissing(cell, reading)) return readAs(cell, type, name, line, reading);
  if (missing === "keep") return nothingOf(type);
  if (missing === "forward" && before !== undefined) return before;
  const what = missing === "forward" ? `the first cell is missing, so that none stands before it` : `the cell is missing: ${show(cell)}`;
  throw badCsv("NOT_FINITE", reading, line, what, {
    column: name,
    cell,
    fix: 'Mend the file, or say what becomes of it: { missing: "keep" | "drop" | "forward" }',
  });
}

/** Not what is there: NaN, or no text. */
export function nothingOf(type: CsvType): number | string {
  return type === "string" || type === "category" || Array.isArray(type) ? "" : NaN;
}

function readAs(cell: string, type: CsvType, name: string, line: number, reading: Reading): number | string {
  const value = readCell(cell, type);
  if (value !== undefined) return value;
  throw badCsv("FILE_CORRUPT", reading, line, `${show(cell)} is ${unlike(type)}`, {
    column: name,
    cell,
    fix: "Mend the file, give the column another type, or name what stands for a missing cell in markers",
  });
}

function unlike(type: CsvType): string {
  if (typeof type === "function") return "nothing that your function makes a number of";
  return typeof type === "string" ? `not ${expected[type]}` : `none of ${type.join(", ")}`;
}
