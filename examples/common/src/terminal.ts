// Where the job speaks to its user, and how it looks there.
import { styleText } from "node:util";

/** What of a stream is needed; `process.stdout` is one. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Colour where the user sees and wants it: on a terminal without NO_COLOR, or with FORCE_COLOR. */
export function painter(stream: Stream): (format: "bold" | "dim" | "green" | "red" | "cyan", text: string) => string {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  const coloured = FORCE_COLOR === undefined ? stream.isTTY === true && !NO_COLOR : FORCE_COLOR !== "0";
  return (format, text) => (coloured ? styleText(format, text, { validateStream: false }) : text);
}

/** Rows of cells, each column as wide as its widest cell; columns in `right` are flush right. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, c) => Math.max(all[c] ?? 0, cell.length)), []);
  const pad = (cell: string, c: number): string => (right.includes(c) ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0));
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd());
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** 1461 → "1,461" */
export function count(value: number): string {
  return grouped.format(value);
}

/** 1 → "1 epoch", 24 → "24 epochs" */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}
