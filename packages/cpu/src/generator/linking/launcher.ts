// How kernels are launched: all parts by one thread, or each thread its chunk, with barriers between kernels that depend on each other.
import type { KernelFunction } from "../codegen/kernelFunction.ts";
import { type Code, type Global, type Local, type Module, call, countUp, globalGet, i32, ifElse } from "../wasm/index.ts";
import type { Accesses } from "./accesses.ts";
import { type BarrierGlobals, emitBarrier } from "./barrier.ts";

/** What launches kernels, in the order of the Program. */
export interface Launcher {
  /** Launches a kernel with these accesses, once all before it that it depends on are done. */
  launch(kernel: KernelFunction, iterations: readonly Code[], accesses: Accesses): Code;
  /** Launches `group` for every number below `count`, once all before that it depends on is done. Groups do not depend on each other. */
  parallelFor(number: Local, count: number, group: (launcher: Launcher) => Code, accesses: Accesses): Code;
  /** Waits until all that was launched is done. */
  join(): Code;
}

/** One thread. */
export const singleThreaded: Launcher = {
  launch: ({ code, parts }, iterations) => call(code, iterations, i32.const(0), i32.const(parts)),
  parallelFor: (number, count, group) => countUp(number, i32.const(0), i32.const(count), 1, group(singleThreaded)),
  join: () => [],
};

/** What a run tells each thread: its number, and what barriers need. */
export interface ThreadGlobals extends BarrierGlobals {
  readonly thread: Global;
}

/** Several threads: each computes a static chunk of every kernel, by its number. `stop` is the code that leaves the run. */
export function multiThreaded(module: Module, globals: ThreadGlobals, stop: Code): Launcher {
  const { thread, threads } = globals;
  const barrier = module.once("barrier", () => emitBarrier(module, globals));
  let reads = new Set<number>();
  let writes = new Set<number>();
  const join = (): Code => {
    if (reads.size === 0 && writes.size === 0) return [];
    reads = new Set();
    writes = new Set();
    return ifElse(call(barrier), stop);
  };
  /** A barrier if what comes next depends (read after write, write after read, write after write) on a kernel launched since the last one; then records its accesses. */
  const syncBefore = (next: Accesses): Code => {
    const depends = next.reads.some((slot) => writes.has(slot)) || next.writes.some((slot) => writes.has(slot) || reads.has(slot));
    const before = depends ? join() : [];
    for (const slot of next.reads) reads.add(slot);
    for (const slot of next.writes) writes.add(slot);
    return before;
  };
  /** This thread's static chunk of `count` items: [start, end). */
  const staticChunk = (count: number): [Code, Code] => {
    const start = (thread: Code): Code => i32.div(i32.mul(i32.const(count), thread), globalGet(threads));
    return [start(globalGet(thread)), start(i32.add(globalGet(thread), i32.const(1)))];
  };
  return {
    join,
    launch: ({ code, parts }, iterations, accesses) => [syncBefore(accesses), call(code, iterations, ...staticChunk(parts))],
    parallelFor: (number, count, group, accesses) => [
      syncBefore(accesses),
      countUp(number, ...staticChunk(count), 1, group(singleThreaded)),
    ],
  };
}
