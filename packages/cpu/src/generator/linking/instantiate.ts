// A module over a memory, as something to run.
import { SluiceError } from "@sluice/core";
import type { WasmMemory } from "../../memory/memory.ts";

/** The module's `run`, which takes what `assemble` says. Throws OUT_OF_MEMORY where the engine has no room for it. */
export function instantiate(module: WebAssembly.Module, memory: WasmMemory): (...operands: readonly number[]) => number {
  try {
    return new WebAssembly.Instance(module, { env: { memory: memory.wasm as WebAssembly.Memory } }).exports["run"]!; // made by createWasmMemory or createSharedMemory
  } catch (cause) {
    throw new SluiceError({
      code: "OUT_OF_MEMORY",
      who: "cpu.compile",
      what: `the engine makes no instance of the module: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: "Dispose of compiled functions that are no longer needed",
      cause,
    });
  }
}
