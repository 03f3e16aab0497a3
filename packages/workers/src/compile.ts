// A Program to an executable that all threads run together, or the caller alone where it is small.
import type { Executable, Program } from "@sluice/core";
import { type Buffer, type ProgramMemory, allocateModuleMemory, freeOnThrow, moduleOf, pagesIn } from "@sluice/cpu/kit";
import type { ThreadPool } from "./threadPool.ts";
import * as layout from "./layout.js";
import { createThrottle } from "./throttle.ts";
import { estimate } from "./estimate.ts";

interface Options {
  /** Most bytes of the memory. */
  readonly limitBytes: number;
  readonly pool: ThreadPool;
  readonly heap: ProgramMemory;
  /** Threads must shorten a run by as much. */
  readonly minGainUs: number;
}

/** Budget of the calling thread per run: about a third of a frame at 60 Hz. Longer runs go to the threads. */
const callerBudgetUs = 5000;

/** Prepares a legal program without f64. Whatever it throws, the backend is as before. */
export async function compile(program: Program, { limitBytes, pool, heap, minGainUs }: Options): Promise<Executable<Buffer>> {
  const compiled = await moduleOf(program, { pages: pagesIn(limitBytes) });
  const moduleMemory = allocateModuleMemory(program, compiled, heap, pool.threads);
  const loaded = freeOnThrow(moduleMemory, () => pool.loadModule(compiled.module));
  const { timeUs, gainUs } = estimate(program, pool.threads);
  const isSplit = gainUs >= minGainUs && timeUs > 0; // what has nothing to do has no barrier, without which a thread could fall a whole ring behind
  const isShort = timeUs < callerBudgetUs;
  const throttle = createThrottle(isSplit ? pool.threads : 1);
  const ended = (command: Int32Array): void =>
    throttle.ended({ threads: command[layout.threadCount]!, tookUs: command[layout.tookUs]!, sleeps: command[layout.sleepCount]! });
  const command = new Int32Array(layout.header + moduleMemory.tableWords);
  command.set([command.length, layout.run, loaded.number]);
  return {
    executor: `wasm simd f32x4, ${isSplit && pool.threads > 1 ? `${pool.threads} threads` : "1 thread"}`,
    run(bindings) {
      pool.check();
      moduleMemory.writeTable(command, layout.header, bindings);
      if (!isSplit && isShort && pool.isIdle) pool.runOnCaller(loaded, command);
      else {
        command[layout.threadCount] = throttle.next();
        pool.post(command, ended);
      }
      moduleMemory.markWritten(bindings);
    },
    destroy() {
      pool.unloadModule(loaded);
      moduleMemory.free();
    },
  };
}
