// How much memory a process holds, as Linux tells it (proc(5)).
import { readFileSync } from "node:fs";

export interface Memory {
  /** Bytes resident now, VmRSS; and at the most since the process began, VmHWM. */
  readonly now: number;
  readonly peak: number;
}

/** Undefined where there is no such process, or no Linux to tell. */
export function memoryOf(pid: number): Memory | undefined {
  const status = statusOf(pid);
  const [now, peak] = ["VmRSS", "VmHWM"].map((name) => 1024 * Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(status)?.[1]));
  return now! >= 0 && peak! >= 0 ? { now: now!, peak: peak! } : undefined;
}

/** By how many bytes processes are larger, each at its largest, than now; null where one cannot be seen. */
export function growthOf(pids: readonly number[]): () => number | null {
  const before = pids.map(memoryOf);
  return () => pids.map((pid, i) => grown(before[i], memoryOf(pid))).reduce(plus, 0);
}

function grown(before: Memory | undefined, since: Memory | undefined): number | null {
  return before === undefined || since === undefined ? null : Math.max(0, since.peak - before.now);
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}
