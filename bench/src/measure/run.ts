// A whole run as data: every sample, and what it was taken on. The table, the page and the comparison are made of this alone.
import { cpus } from "node:os";
import type { Plan } from "./plan.ts";
import type { Outcome } from "./race.ts";
import type { AnyWorkload } from "../workloads/workload.ts";

export const format = 2;

export interface Run {
  readonly format: typeof format;
  /** When it began, ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  /** What repeats it. */
  readonly command: string;
  readonly plan: Plan;
  /** The machine's limit for one thread: the best sample of the peak loop, in GFLOP/s. */
  readonly limit: number;
  /** The user ended it early. */
  readonly interrupted: boolean;
  readonly results: readonly Result[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly platform: string;
  readonly arch: string;
  readonly node: string;
  /** The browser of the contenders in pages, where there were any. */
  readonly browser?: string;
}

export interface Result extends Outcome {
  /** Of the workload, as the next ones are. */
  readonly name: string;
  readonly help: string;
  readonly task: string;
  readonly flops: number;
  readonly tolerance: number;
  readonly curve?: Curve;
}

export type Curve = NonNullable<AnyWorkload["curve"]>;

export function machine(browser?: string): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    platform: process.platform,
    arch: process.arch,
    node: process.version,
    ...(browser === undefined ? {} : { browser }),
  };
}

export function resultOf({ name, help, task, flops, tolerance, curve }: AnyWorkload, outcome: Outcome): Result {
  return { name, help, task, flops, tolerance, ...(curve === undefined ? {} : { curve }), ...outcome };
}

/** The run with one more result, and with the limit that was seen meanwhile. */
export function withResult(run: Run, result: Result): Run {
  return { ...run, limit: Math.max(run.limit, ...result.peaks), results: [...run.results, result] };
}

/** "Intel Xeon × 2, Node v20.20.2" */
export function machineText({ processor, cores, node, browser }: Machine): string {
  return `${processor} × ${cores}, Node ${node}${browser === undefined ? "" : `, ${browser}`}`;
}
