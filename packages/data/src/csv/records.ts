// The records of a csv's text, with the line that each begins in. csv-parse reads them (RFC 4180); this counts lines, and cuts what comes in pieces where a record ends.
import { SluiceError, type ErrorCode } from "@sluice/core";
import { CsvError, parse } from "#csv-parse";
import type { Reading } from "./options.ts";

export interface CsvRecord {
  readonly cells: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Throws FILE_CORRUPT, naming the line, for quotes that do not close or stand within a cell. */
export function recordsOf(text: string, reading: Reading, firstLine = 1): readonly CsvRecord[] {
  const options = { delimiter: reading.delimiter, info: true, relax_column_count: true, skip_empty_lines: true } as const;
  try {
    return lined(parse(text, options) as unknown as readonly Parsed[], firstLine); // as `info` has them
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const before = Number((error as CsvError & { readonly records?: unknown }).records ?? 0); // how many were read whole
    const whole = before === 0 ? [] : lined(parse(text, { ...options, to: before }) as unknown as readonly Parsed[], firstLine); // likewise
    const last = whole.at(-1);
    const line = last === undefined ? firstLine : last.line + lineEnds(last.cells) + 1;
    throw badCsv("FILE_CORRUPT", reading, line, said(error.code), { cause: error });
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly empty_lines: number };
}

function lined(parsed: readonly Parsed[], firstLine: number): readonly CsvRecord[] {
  let next = firstLine,
    empty = 0;
  return parsed.map(({ record, info }) => {
    const line = next + info.empty_lines - empty;
    empty = info.empty_lines;
    next = line + lineEnds(record) + 1;
    return { cells: record, line };
  });
}

/** Those within cells. */
function lineEnds(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + (cell.includes("\n") || cell.includes("\r") ? cell.split(/\r\n|\n|\r/).length - 1 : 0), 0);
}

function said(code: string): string {
  if (code === "CSV_QUOTE_NOT_CLOSED") return "a quote that opens is never closed";
  if (code === "CSV_INVALID_CLOSING_QUOTE") return "something stands behind a quote that closes";
  return code === "INVALID_OPENING_QUOTE" ? "a quote stands within a cell that has none around it" : `it is no csv (${code})`;
}

/**
 * The same for a text that comes in pieces, as batches of records: each piece is read up to the last end of a record in it. That is an end of line with
 * as many quotes before it as are closed.
 */
export async function* recordsIn(pieces: AsyncIterable<string> | Iterable<string>, reading: Reading): AsyncGenerator<readonly CsvRecord[]> {
  let held = "",
    searched = 0,
    isQuoted = false,
    line = 1;
  for await (const piece of pieces) {
    held += piece;
    let end = 0;
    // A "\r" at the very end may be half of an end of line.
    for (; searched < held.length - (held.endsWith("\r") ? 1 : 0); searched++) {
      const char = held[searched];
      if (char === '"') isQuoted = !isQuoted;
      else if (!isQuoted && (char === "\n" || (char === "\r" && held[searched + 1] !== "\n"))) end = searched + 1;
    }
    if (end === 0) continue;
    const whole = held.slice(0, end);
    held = held.slice(end);
    searched -= end;
    yield recordsOf(whole, reading, line);
    line += whole.split(/\r\n|\n|\r/).length - 1;
  }
  if (held !== "") yield recordsOf(held, reading, line);
}

/** Says where: source, line and, where it is one cell, column. */
export function badCsv(
  code: ErrorCode,
  { who, source }: Pick<Reading, "who" | "source">,
  line: number,
  what: string,
  rest: { readonly column?: string; readonly fix?: string; readonly cause?: unknown; readonly cell?: string } = {},
): SluiceError {
  const { column, fix = "Mend the file", cause, cell } = rest;
  return new SluiceError({
    code,
    who,
    what: `${source}, line ${line}${column === undefined ? "" : `, column ${JSON.stringify(column)}`}: ${what}`,
    fix,
    facts: { source, line, ...(column !== undefined && { column }), ...(cell !== undefined && { cell }) },
    ...(cause !== undefined && { cause }),
  });
}
