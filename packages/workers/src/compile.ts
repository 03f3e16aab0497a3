// A Program to an executable that all threads run together, or the caller alone where it is small.
import type { Executable, Program } from "@sluice/core";
import { type Buffer, type Host, moduleOf, pagesOf, placesOf } from "@sluice/cpu/kit";
import type { Crew } from "./crew.ts";
import * as layout from "./layout.js";
import { workOf } from "./work.ts";

interface Options {
  /** Most bytes of the memory. */
  readonly limit: number;
  readonly crew: Crew;
  readonly host: Host;
  /** Work from which a run is worth waking threads for. */
  readonly threshold: number;
}

/** Prepares a legal program without f64. Whatever it throws, the backend is as before. */
export async function compile(program: Program, { limit, crew, host, threshold }: Options): Promise<Executable<Buffer>> {
  const compiled = await moduleOf(program, { pages: pagesOf(limit) });
  const places = placesOf(program, compiled, host, crew.threads);
  const known = crew.learn(compiled.module);
  const isSmall = workOf(program) < threshold;
  const command = new Int32Array(layout.header + places.words);
  command.set([command.length, layout.run, known.number]);
  return {
    executor: `wasm simd f32x4, ${isSmall || crew.threads === 1 ? "1 thread" : `${crew.threads} threads`}`,
    run(bindings) {
      crew.check();
      places.table(command, layout.header, bindings);
      if (isSmall && crew.isIdle) crew.runHere(known, command);
      else crew.post(command);
      places.touch(bindings);
    },
    destroy() {
      crew.forget(known);
      places.free();
    },
  };
}
