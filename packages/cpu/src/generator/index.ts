// A Program to a WebAssembly module: everything that the backends here may use of the generator.
export { hasSimd, obstacle } from "./linking/available.ts";
export { compile } from "./linking/compile.ts";
export { meeting } from "./linking/crew.ts";
export { instantiate } from "./linking/instance.ts";
export { type Compiled, moduleOf } from "./linking/modules.ts";
export { type Places, orFree, placesOf } from "./linking/places.ts";
export { groupRowsOf } from "./passes/groupRows.ts";
export { becomesModule, rowTiling, timeTiling } from "./passes/passes.ts";
export { isParallel } from "./plans/parallelScan.ts";
