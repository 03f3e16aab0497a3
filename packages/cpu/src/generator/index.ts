// A Program to a WebAssembly module: everything that the backends here may use of the generator.
export { type Linked, assembleAll } from "./linking/assemble.ts";
export { hasSimd, obstacle } from "./linking/available.ts";
export { compile } from "./linking/compile.ts";
export { barrierLayout } from "./linking/barrier.ts";
export { instantiate } from "./linking/instantiate.ts";
export { type CompiledModule, moduleOf } from "./linking/modules.ts";
export { type ModuleMemory, allocateModuleMemory, freeOnThrow } from "./linking/moduleMemory.ts";
export { rowGroupSize } from "./passes/groupRows.ts";
export { becomesModule, rowTiling, timeTiling } from "./passes/passes.ts";
export { isParallel } from "./plans/parallelScan.ts";
