// A Program to an executable that all threads run together, or the caller alone where it is small.
import { type Executable, type Program, SluiceError } from "@sluice/core";
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
  const loaded = freeOnThrow(moduleMemory, () => {
    checkLength(program, layout.header + moduleMemory.tableWords);
    return pool.modules.load(compiled.module);
  });
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
      pool.modules.unload(loaded);
      moduleMemory.free();
    },
  };
}

/** Throws UNSUPPORTED for a Program whose table is no command that fits into the ring. */
function checkLength({ name, slots }: Program, words: number): void {
  if (words <= layout.maxCommandWords) return;
  throw new SluiceError({
    code: "UNSUPPORTED",
    who: "workers.compile",
    what: `${name} has ${slots.length} slots and operands, more than a command to the threads names`,
    fix: "Use @sluice/cpu, or split the function",
    facts: { program: name, slots: slots.length, words, most: layout.maxCommandWords },
  });
}
