// A Program to an executable on WebAssembly: its module instantiated over the backend's memory, one call per run.
import type { Executable, Program } from "@sluice/core";
import { type Buffer, addressOf } from "../../memory/buffer.ts";
import type { ProgramMemory } from "../../memory/programMemory.ts";
import type { WasmMemory } from "../../memory/memory.ts";
import { instantiate } from "./instantiate.ts";
import { moduleOf } from "./modules.ts";
import { allocateModuleMemory, freeOnThrow } from "./moduleMemory.ts";

/** Prepares a legal program without f64. Whatever it throws, the backend is as before. */
export async function compile(program: Program, memory: WasmMemory, heap: ProgramMemory): Promise<Executable<Buffer>> {
  const compiled = await moduleOf(program);
  const moduleMemory = allocateModuleMemory(program, compiled, heap);
  const run = freeOnThrow(moduleMemory, () => instantiate(compiled.module, memory));
  return {
    executor: "wasm simd f32x4",
    run(bindings) {
      moduleMemory.writeTable(memory.i32, moduleMemory.tableBuffer.startElement, bindings); // an f32 lies where an i32 does
      run(addressOf(moduleMemory.tableBuffer));
      moduleMemory.markWritten(bindings);
    },
    destroy: moduleMemory.free,
  };
}
