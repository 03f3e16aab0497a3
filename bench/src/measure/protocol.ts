// What the benchmark asks of the place where a contender runs, a process or a page. Each question is answered before the next is put.

export interface Questions {
  /** Opens the contender, makes the workload ready, runs it once. */
  readonly prepare: { readonly asked: { contender: string; workload: string }; readonly told: Prepared };
  /** The results of the first runs, of which one was made, one after the other. */
  readonly answer: { readonly asked: object; readonly told: Float64Array };
  /** What the float64 oracle says those results are. Asked of a place without a contender. */
  readonly judge: { readonly asked: { workload: string }; readonly told: Float64Array };
  /** Runs for at least `ms` without a word on how long it took. */
  readonly warmUp: { readonly asked: { ms: number }; readonly told: null };
  /** Runs for `ms`, once at the least: the time of each run. */
  readonly turn: { readonly asked: { ms: number }; readonly told: readonly number[] };
  /** How many bytes the place has grown by at its largest since before the contender was opened; null where nobody can tell. */
  readonly memory: { readonly asked: object; readonly told: number | null };
  /** What `runs` runs leave on the JavaScript heap, ended early after `ms`. The process must have been started with `heapFlags`. */
  readonly heap: { readonly asked: { runs: number; ms: number }; readonly told: Heap };
  /** What one thread can do, in GFLOP/s. Asked of a place without a contender. */
  readonly peak: { readonly asked: { ms: number }; readonly told: number };
}
export type Question = keyof Questions;

export interface Prepared {
  readonly version: string;
  readonly executor?: string;
  /** Null where it does not compute on threads. */
  readonly threads: number | null;
  readonly compileMs?: number;
  /** Of the very first run. */
  readonly firstMs: number;
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

/** A question on its way. */
export interface Call {
  readonly question: Question;
  readonly asked: Questions[Question]["asked"];
}
