// The modules that threads know, by number, for as long as commands name them.
import { instantiate, type WasmMemory } from "@sluice/cpu/kit";
import type { Threads } from "./threads.ts";

/** A module that all threads have loaded, by number, and as the caller runs it. */
export interface LoadedModule {
  readonly number: number;
  /** See `assemble` of @sluice/cpu. */
  run(table: number, thread: number, threads: number, spinLimit: number, barrier: number): void;
}

export interface Modules {
  load(module: WebAssembly.Module): LoadedModule;
  /** Threads forget it after what was posted so far. */
  unload(loaded: LoadedModule): void;
}

/** `retire` calls what it is given once what was posted so far is done: runs that wait for room in the ring still need their module. */
export function createModules(memory: WasmMemory, threads: Threads, retire: (free: () => void) => void): Modules {
  let loaded = 0;
  return {
    load(module) {
      const run = instantiate(module, memory);
      threads.broadcast({ program: ++loaded, module });
      return { number: loaded, run };
    },
    unload: ({ number }) => retire(() => threads.broadcast({ forget: number })),
  };
}
