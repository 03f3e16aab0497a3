// What became of one contender on one workload.
import type { Contender, Place } from "../contenders/contender.ts";
import type { Heap } from "./protocol.ts";
import { median } from "./statistics.ts";

/** Times in milliseconds. */
export interface Row {
  readonly contender: string;
  readonly kind: Contender["kind"];
  readonly place: Place;
  readonly version?: string;
  readonly executor?: string;
  /** Null where it does not compute on threads, as on a GPU. */
  readonly threads?: number | null;
  /** Why it was not timed, or not to the end. */
  readonly reason?: string;
  /** Its answer was wrong: it was not timed, and `reason` tells how far it was off. */
  readonly disagrees?: true;
  /** Of its answer to the oracle's, as a share of the largest number. */
  readonly distance?: number;
  /** Each in a process of its own; so are the next two. */
  readonly firstMs?: readonly number[];
  readonly compileMs?: readonly number[];
  /** Bytes by which the process grew at its largest. */
  readonly memory?: readonly number[];
  /** Per round the time of each run. */
  readonly rounds?: readonly (readonly number[])[];
  readonly heap?: Heap;
}

/** A row that was timed. */
export type Timed = Row & Required<Pick<Row, "rounds">>;

export function timedRows(rows: readonly Row[]): readonly Timed[] {
  return rows.filter((row): row is Timed => row.rounds !== undefined && row.rounds.length > 0);
}

/** The median of each round: what ratios are made of. */
export function roundMedians({ rounds }: Timed): number[] {
  return rounds.map(median);
}

/** The middle of all runs. */
export function medianMs({ rounds }: Timed): number {
  return median(rounds.flat());
}

/** Of those given, at least one. */
export function fastestOf(rows: readonly Timed[]): Timed {
  return rows.reduce((best, row) => (medianMs(row) < medianMs(best) ? row : best));
}
