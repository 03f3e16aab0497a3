// What the benchmark asks of the process of a contender. Each question is answered before the next is put.

export interface Questions {
  /** Opens the contender, makes the workload ready, runs it `compared` times. */
  readonly prepare: { readonly asked: { contender: string; workload: string }; readonly told: Prepared };
  /** Runs for at least `ms` without a word on how long it took. */
  readonly warmUp: { readonly asked: { ms: number }; readonly told: null };
  /** Runs for `ms`, once at the least: the time of each run. */
  readonly turn: { readonly asked: { ms: number }; readonly told: readonly number[] };
  /** What `runs` runs leave on the JavaScript heap, ended early after `ms`. The process must have been started with `heapFlags`. */
  readonly heap: { readonly asked: { runs: number; ms: number }; readonly told: Heap };
}
export type Question = keyof Questions;

export interface Prepared {
  readonly version: string;
  readonly executor?: string;
  readonly compileMs?: number;
  /** Of the very first run. */
  readonly firstMs: number;
  /** Results of the first runs, one after the other. */
  readonly answer: Float64Array;
}

export interface Heap {
  readonly runs: number;
  /** Bytes per run still held after a full collection. */
  readonly kept: number;
  /** Bytes per run put on the heap, held or not; a lower bound if something was collected meanwhile. */
  readonly allocated: number;
}

/** A collection on demand, and none unasked before a quarter of a gigabyte is allocated. */
export const heapFlags = ["--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];

export type Reply<T> = { readonly told: T } | { readonly failed: string; readonly notInstalled: boolean };
