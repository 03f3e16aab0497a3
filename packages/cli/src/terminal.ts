// Where the command speaks to its user, and how it looks there.
import spinner from "yocto-spinner";

/** What of a stream is needed; `process.stdout` is one. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface Surroundings {
  /** What was asked for. */
  readonly stdout: Stream;
  /** What happens meanwhile, and what goes wrong. */
  readonly stderr: Stream;
}

/** Shows on a terminal what is being done while it is; elsewhere it is silent. */
export async function during<T>({ stderr }: Surroundings, text: string, work: () => Promise<T>): Promise<T> {
  if (stderr.isTTY !== true) return work();
  const shown = spinner({ text, stream: stderr as NodeJS.WriteStream }).start(); // a terminal is one
  try {
    return await work();
  } finally {
    shown.stop();
  }
}

/** Rows of cells, each column as wide as its widest cell; columns in `right` are flush right. */
export function aligned(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, c) => Math.max(all[c] ?? 0, cell.length)), []);
  const pad = (cell: string, c: number): string => (right.includes(c) ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0));
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd()).join("\n");
}

const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** 1461 → "1,461" */
export function count(value: number): string {
  return grouped.format(value);
}

/** 1 → "1 tensor", 1461 → "1,461 tensors" */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** 34018 → "34.0 kB" */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}
