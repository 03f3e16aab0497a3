// A Program to an executable on WebAssembly: its module instantiated over the backend's memory, one call per run.
import type { Executable, Program } from "@sluice/core";
import { type Buffer, addressOf } from "../../memory/buffer.ts";
import type { ProgramMemory } from "../../memory/programMemory.ts";
import type { WasmMemory } from "../../memory/memory.ts";
import { instantiate } from "./instance.ts";
import { moduleOf } from "./modules.ts";
import { orFree, placesOf } from "./places.ts";

/** Prepares a legal program without f64. Whatever it throws, the backend is as before. */
export async function compile(program: Program, memory: WasmMemory, heap: ProgramMemory): Promise<Executable<Buffer>> {
  const compiled = await moduleOf(program);
  const places = placesOf(program, compiled, heap);
  const run = orFree(places, () => instantiate(compiled.module, memory));
  return {
    executor: "wasm simd f32x4",
    run(bindings) {
      places.table(memory.i32, places.room.startElement, bindings); // an f32 lies where an i32 does
      run(addressOf(places.room));
      places.markWritten(bindings);
    },
    destroy: places.free,
  };
}
