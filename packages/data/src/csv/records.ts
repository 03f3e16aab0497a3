// The records of a csv's text, with the line that each begins in. csv-parse reads them (RFC 4180); this counts lines, and cuts what comes in pieces where a record ends.
import { SluiceError, type ErrorCode } from "@sluice/core";
import { CsvError, parse } from "#csv-parse";
import type { Reading } from "./options.ts";

export interface CsvRecord {
  readonly cells: readonly string[];
  /** From 1. */
  readonly line: number;
}

/** Characters that are read at once: texts of cells then live no longer than their piece. */
const pieceLength = 2 ** 16;

/** In batches. Throws FILE_CORRUPT, naming the line, for quotes that do not close or stand within a cell. */
export function* recordsOf(text: string, reading: Reading): Generator<readonly CsvRecord[]> {
  const cut = cutter();
  for (let from = 0; from < text.length; from += pieceLength) yield readAt(cut.next(text.slice(from, from + pieceLength)), reading);
  yield readAt(cut.rest(), reading);
}

/** The same for a text that comes in pieces: each is read up to the last end of a record in it. */
export async function* recordsIn(pieces: AsyncIterable<string>, reading: Reading): AsyncGenerator<readonly CsvRecord[]> {
  const cut = cutter();
  for await (const piece of pieces) yield readAt(cut.next(piece), reading);
  yield readAt(cut.rest(), reading);
}

function readAt({ text, line }: Part, reading: Reading): readonly CsvRecord[] {
  if (text === "") return [];
  try {
    return read(text, reading, line);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const whole = Number((error as CsvError & { readonly records?: unknown }).records ?? 0); // how many were read, empty lines among them
    const before = whole === 0 ? [] : plain(text, reading, { to: whole });
    throw badCsv("FILE_CORRUPT", reading, before.reduce((at, cells) => nextLine({ cells, line: at }), line), said(error.code), { cause: error }); // prettier-ignore
  }
}

/** Any of them, also where a file mixes them. */
const lineEnd = ["\r\n", "\n", "\r"];

/** An empty line is one empty cell. */
function plain(text: string, { delimiter }: Reading, more: object = {}): readonly (readonly string[])[] {
  return parse(text, {
    delimiter,
    record_delimiter: lineEnd,
    relax_column_count: true,
    ...more,
  }) as unknown as readonly (readonly string[])[]; // without names for the columns
}

function read(text: string, reading: Reading, firstLine: number): readonly CsvRecord[] {
  const records = plain(text, reading);
  if (!records.every(({ length }) => length === 1)) return lined(records, firstLine);
  // In a column by itself an empty line is no record, and a cell of "" in quotes is one; that they are two costs three times as much.
  const told = plain(text, reading, { info: true, skip_empty_lines: true }) as unknown as readonly Told[]; // as `info` has them
  const empty = told.map(({ info }) => info.empty_lines);
  return lined(
    told.flatMap(({ record }, i) => [...Array.from({ length: (empty[i] ?? 0) - (empty[i - 1] ?? 0) }, () => undefined), record]),
    firstLine,
  );
}

interface Told {
  readonly record: readonly string[];
  readonly info: { readonly empty_lines: number };
}

/** Undefined, and one empty cell among records of several, is an empty line. */
function lined(records: readonly (readonly string[] | undefined)[], firstLine: number): readonly CsvRecord[] {
  const isColumn = records.every((cells) => cells === undefined || cells.length === 1);
  let line = firstLine;
  return records.flatMap((cells = []) => {
    const record = { cells, line };
    line = nextLine(record);
    return cells.length === 0 || (!isColumn && cells.length === 1 && cells[0] === "") ? [] : [record];
  });
}

function nextLine({ cells, line }: CsvRecord): number {
  return line + lineEnds(cells) + 1;
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

/** Whole records, and the line that the first begins in. */
interface Part {
  readonly text: string;
  readonly line: number;
}

/** Cuts where a record ends: at an end of line with as many quotes before it as are closed. */
function cutter(): { next(piece: string): Part; rest(): Part } {
  let held = "",
    searched = 0,
    isQuoted = false,
    line = 1;
  return {
    next(piece) {
      held += piece;
      let end = 0;
      // A "\r" at the very end may be half of an end of line.
      for (; searched < held.length - (held.endsWith("\r") ? 1 : 0); searched++) {
        const char = held[searched];
        if (char === '"') isQuoted = !isQuoted;
        else if (!isQuoted && (char === "\n" || (char === "\r" && held[searched + 1] !== "\n"))) end = searched + 1;
      }
      const part = { text: held.slice(0, end), line };
      held = held.slice(end);
      searched -= end;
      line += part.text.split(/\r\n|\n|\r/).length - 1;
      return part;
    },
    rest: () => ({ text: held, line }),
  };
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
