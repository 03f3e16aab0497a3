// What happens at the moment and how long is left: one line that rewrites itself on a terminal, nothing elsewhere.
import type { Moment } from "../measure/session.ts";
import { duration } from "./format.ts";

export interface Line {
  show(moment: Moment): void;
  /** Leaves nothing behind. */
  clear(): void;
}

export function progressLine(stream: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }): Line {
  const rewrite = (text: string): void => {
    if (stream.isTTY) stream.write(`\r${text.slice(0, (stream.columns ?? 80) - 1)}\u001B[K`); // K clears the rest
  };
  return { show: (moment) => rewrite(progressText(moment)), clear: () => rewrite("") };
}

/** The time left stands first: a narrow terminal cuts the end. */
export function progressText({ where, what, share, left }: Moment): string {
  const length = 12;
  const filled = Math.round(length * share);
  const bar = "━".repeat(filled) + "─".repeat(length - filled);
  return `${bar}  ${left === undefined ? "" : `${duration(left)} left  `}${where}: ${what}`;
}
