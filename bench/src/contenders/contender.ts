// Who is measured: a backend of ours or a library one would pick instead.
import type { TypedArray } from "@sluice/core";
import type { AnyWorkload, TaskName, Tasks, Workload } from "../workloads/workload.ts";

export interface Contender {
  /** As the table and the command line call it: "cpu", "tfjs-cpu". */
  readonly name: string;
  readonly kind: "backend" | "peer";
  /** Takes part without being asked for by name. */
  readonly usual: boolean;
  /** Where it can be opened. Absent: a backend in Node and in a page, a peer in Node. */
  readonly where?: readonly Place[];
  /** In a process of its own. Throws with the reason where it cannot run here; one that is not installed throws `NotInstalled`. */
  open(): Promise<Opened>;
}

export type Place = "node" | "page";

export interface Opened {
  /** What really runs, as far as it is known before the first run: library, version, executor. */
  readonly version: string;
  /** How many it computes on; null where that is no matter of threads, as on a GPU. Default: 1. */
  readonly threads?: number | null;
  /** What it can be given. A task that is not here is a row that says so; one that `refuses` is a row with its reason. */
  readonly tasks: { readonly [T in TaskName]?: (given: Tasks[T]) => Promise<Work> };
}

export interface Work {
  /** What really runs it, where that is known only now. */
  readonly executor?: string;
  readonly threads?: number;
  /** From the function to something that runs: tracing, differentiating, compiling. Absent where there is no such stage. */
  readonly compileMs?: number;
  /** One run; it may still be going on when this returns. */
  run(): void | Promise<void>;
  /** Awaits a small read that depends on the whole of the latest run. Part of what is timed. */
  sync(): Promise<unknown>;
  /** The result of the latest run, as the task defines it. */
  result(): Promise<TypedArray>;
}

export class NotInstalled extends Error {}

/** A task that cannot be taken on, with the reason: "has no cell state of its own". */
export function refuses(reason: string): () => Promise<never> {
  return () => Promise.reject(new Error(reason));
}

/** `workload` on an opened contender. Throws where the contender has no such task. */
export function prepare(opened: Opened, workload: AnyWorkload): Promise<Work> {
  return start(opened, workload as Workload); // a union of workloads is a workload of the union
}

function start<T extends TaskName>({ tasks }: Opened, { task, given }: Workload<T>): Promise<Work> {
  const begin = tasks[task];
  if (begin === undefined) throw new Error(`has no ${task}`);
  return begin(given());
}
