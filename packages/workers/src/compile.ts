// A Program to an executable that all threads run together, or the caller alone where it is small.
import type { Executable, Program } from "@sluice/core";
import { type Buffer, type ProgramMemory, allocateModuleMemory, freeOnThrow, moduleOf, pagesIn } from "@sluice/cpu/kit";
import type { Crew } from "./crew.ts";
import * as layout from "./layout.js";
import { createThrottle } from "./throttle.ts";
import { estimate } from "./work.ts";

interface Options {
  /** Most bytes of the memory. */
  readonly limit: number;
  readonly crew: Crew;
  readonly heap: ProgramMemory;
  /** Microseconds that threads must gain. */
  readonly threshold: number;
}

/** Microseconds that the caller spends on a run at most: a third of a frame. */
const patience = 5000;

/** Prepares a legal program without f64. Whatever it throws, the backend is as before. */
export async function compile(program: Program, { limit, crew, heap, threshold }: Options): Promise<Executable<Buffer>> {
  const compiled = await moduleOf(program, { pages: pagesIn(limit) });
  const moduleMemory = allocateModuleMemory(program, compiled, heap, crew.threads);
  const known = freeOnThrow(moduleMemory, () => crew.learn(compiled.module));
  const { time, gain } = estimate(program, crew.threads);
  const isSplit = gain >= threshold;
  const isShort = time < patience;
  const throttle = createThrottle(isSplit ? crew.threads : 1);
  const ended = (command: Int32Array): void =>
    throttle.ended({ threads: command[layout.size]!, us: command[layout.took]!, sleeps: command[layout.slept]! });
  const command = new Int32Array(layout.header + moduleMemory.tableWords);
  command.set([command.length, layout.run, known.number]);
  return {
    executor: `wasm simd f32x4, ${isSplit && crew.threads > 1 ? `${crew.threads} threads` : "1 thread"}`,
    run(bindings) {
      crew.check();
      moduleMemory.writeTable(command, layout.header, bindings);
      if (!isSplit && isShort && crew.isIdle) crew.runHere(known, command);
      else {
        command[layout.size] = throttle.next();
        crew.post(command, ended);
      }
      moduleMemory.markWritten(bindings);
    },
    destroy() {
      crew.forget(known);
      moduleMemory.free();
    },
  };
}
