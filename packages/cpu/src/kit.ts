// For backends that run the same modules, on several threads: what cpu is made of. Not for users.
export { type Buffer, addressOf, contentsOf } from "./buffer.ts";
export type { Host } from "./host.ts";
export { type Memory, type WasmMemory, createSharedMemory, most, pagesOf } from "./memory.ts";
export { type Room, createRoom } from "./room.ts";
export { groupRowsOf, isParallel } from "./simd/groupRows.ts";
export { obstacle } from "./simd/available.ts";
export { rowTiling, timeTiling } from "./simd/passes.ts";
export { meeting } from "./simd/crew.ts";
export { type Compiled, moduleOf } from "./simd/modules.ts";
export { supportsOf } from "./supports.ts";
export { instantiate } from "./simd/instance.ts";
export { type Places, orFree, placesOf } from "./simd/places.ts";
