// For backends that run the same modules, on several threads, and files that take them along: what cpu is made of. Not for users.
export {
  type CompiledModule,
  type Linked,
  type ModuleMemory,
  allocateModuleMemory,
  assembleAll,
  barrierLayout,
  becomesModule,
  freeOnThrow,
  instantiate,
  isParallel,
  moduleOf,
  obstacle,
  rowGroupSize,
  rowTiling,
  timeTiling,
} from "./generator/index.ts";
export { type Buffer, addressOf, contentsOf } from "./memory/buffer.ts";
export type { ProgramMemory } from "./memory/programMemory.ts";
export { type Memory, type WasmMemory, createSharedMemory, maxMemoryBytes, pagesIn } from "./memory/memory.ts";
export { type Heap, createHeap } from "./memory/heap.ts";
export { supportsOf } from "./supports.ts";
