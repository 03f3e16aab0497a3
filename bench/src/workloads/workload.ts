// What is measured: a task of stated sizes on stated numbers. It knows nothing of who runs it.
import type { TaskName, Tasks } from "./tasks.ts";

export interface Workload<T extends TaskName = TaskName> {
  /** Task and sizes: "matmul-256". */
  readonly name: string;
  readonly help: string;
  readonly task: T;
  /** Floating-point operations of the matrix products of one run; what else there is does not count. */
  readonly flops: number;
  /** The same numbers at every call. */
  given(): Tasks[T];
  /** The results of so many first runs are compared before anything is timed. */
  readonly compared: number;
  /** Those results one after the other, in float64, computed apart from core. It may take seconds. */
  expected(): Float64Array;
  /** An answer may differ from `expected` by this much of the largest number. */
  readonly tolerance: number;
  /** Where it is a point of a curve: its family holds the same task at other sizes. */
  readonly curve?: { readonly family: string; readonly over: "steps" | "batch" | "units"; readonly at: number };
}

/** A workload of some one task. */
export type AnyWorkload = { [T in TaskName]: Workload<T> }[TaskName];

export type { TaskName, Tasks } from "./tasks.ts";
