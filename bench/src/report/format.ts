// Numbers as the table, the page and the progress line write them.
import type { Interval } from "../measure/statistics.ts";

/** Three significant figures, more where the whole part has them. */
export function figures(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** Milliseconds as "12.3 µs", "4.56 ms" or "7.89 s". */
export function time(ms: number): string {
  if (ms < 0.1) return `${figures(ms * 1000)} µs`;
  return ms < 10_000 ? `${figures(ms)} ms` : `${figures(ms / 1000)} s`;
}

/** Milliseconds as a user waits for them: "12 s", "2 min 5 s", "1 h 10 min". */
export function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "4.50×" */
export function times(value: number): string {
  return `${figures(value)}×`;
}

/** "[4.40, 4.60]", and its confidence where that is less than is usual. */
export function ends({ low, high, confidence }: Interval, written = figures): string {
  return `[${written(low)}, ${written(high)}]${confidence < 0.95 ? ` ${Math.floor(100 * confidence)} %` : ""}`;
}

/** 0.123 → "12 %", 0.0123 → "1.2 %", 0.000123 → "0.01 %" */
export function percent(share: number): string {
  const value = 100 * share;
  if (value >= 9.95) return `${value.toFixed(0)} %`;
  return `${value >= 0.995 ? value.toFixed(1) : Number(value.toPrecision(1))} %`;
}

/** Without the zeros that say how exactly a number is known: "20.0 ms" → "20 ms". */
export function short(text: string): string {
  return text.replace(/\.0+(?!\d)|(\.\d*?[1-9])0+(?!\d)/, "$1");
}

/** Less than none was kept where something older was let go: none. */
export function bytes(count: number): string {
  return `${Math.max(0, Math.round(count))} B`;
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MiB`;
}
