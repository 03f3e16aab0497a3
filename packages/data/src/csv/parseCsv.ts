// A csv as typed columns, from a text or from pieces of one.
import { SluiceError } from "@sluice/core";
import { refused, text as anyText } from "@sluice/core/arguments";
import { readingOf, type CsvOptions, type CsvTypes, type Reading } from "./options.ts";
import { byteOrderMark, textsOf, type TextStream } from "./pieces.ts";
import { recordsIn, recordsOf } from "./records.ts";
import { rowReader, type RowValues } from "./rows.ts";
import { tableOf, type Table } from "./table.ts";
import type { CellOf } from "./types.ts";

/**
 * The columns of a csv (RFC 4180, any end of line, a byte order mark or none), whose first record has their names. Empty lines are passed over.
 *
 * Numbers are read with a point, whatever the locale; dates by ISO 8601, in UTC where they say no offset. What is returned is yours.
 * Throws INVALID_ARGUMENT for options; EMPTY_DATA where there is no row; FILE_CORRUPT, naming line and column, for quotes, names, records and cells that are
 * not right; NOT_FINITE likewise for a missing cell, unless `missing` says otherwise.
 *
 * ```ts
 * const { rows, columns } = parseCsv("day,high\n2026-11-30,4.5\n2026-12-01,3", { types: { day: "date", high: "number" } });
 * columns.high; // 4.5, 3
 * ```
 */
export function parseCsv<const T extends CsvTypes>(text: string, options: CsvOptions<T>): Table<T> {
  const reading = readingOf("parseCsv", options);
  if (typeof text !== "string") throw refused("parseCsv", "text", text, anyText.expected, [], "Of a stream take parseCsvStream");
  const reader = rowReader(reading);
  const rows: RowValues[] = [];
  for (const records of recordsOf(text.replace(byteOrderMark, ""), reading))
    for (const record of records) rows.push(...keep(reader.next(record)));
  return tableOf(options.types, checkRows(rows, reading));
}

/** As `parseCsv`, of a stream; its text is never in memory as a whole. FILE_CORRUPT also for what is no UTF-8. */
export async function parseCsvStream<const T extends CsvTypes>(stream: TextStream, options: CsvOptions<T>): Promise<Table<T>> {
  const reading = readingOf("parseCsvStream", options),
    reader = rowReader(reading),
    rows: RowValues[] = [];
  for await (const records of recordsIn(textsOf(stream, reading), reading))
    for (const record of records) rows.push(...keep(reader.next(record)));
  return tableOf(options.types, checkRows(rows, reading));
}

/** The rows of a csv one after the other, for one that is larger than memory: a piece is read when its rows are asked for. Throws as `parseCsvStream`, when it comes there. */
export async function* csvRows<const T extends CsvTypes>(
  stream: TextStream,
  options: CsvOptions<T>,
): AsyncGenerator<{ readonly [K in keyof T]: CellOf<T[K]> }> {
  const reading = readingOf("csvRows", options),
    reader = rowReader(reading),
    names = reading.columns.map(({ name }) => name);
  let isEmpty = true;
  for await (const records of recordsIn(textsOf(stream, reading), reading))
    for (const record of records) {
      const row = reader.next(record);
      if (row === undefined) continue;
      isEmpty = false;
      yield Object.fromEntries(names.map((name, c) => [name, row[c]])) as { readonly [K in keyof T]: CellOf<T[K]> }; // each by its type
    }
  if (isEmpty) throw noRow(reading);
}

function keep(row: RowValues | undefined): readonly RowValues[] {
  return row === undefined ? [] : [row];
}

function checkRows(rows: readonly RowValues[], reading: Reading): readonly RowValues[] {
  if (rows.length === 0) throw noRow(reading);
  return rows;
}

function noRow({ who, source }: Reading): SluiceError {
  return new SluiceError({ code: "EMPTY_DATA", who, what: `${source} has no row`, facts: { source } });
}
