// For backends that run the same modules, on several threads: what cpu is made of. Not for users.
export { type Allocator, createAllocator } from "./allocator.ts";
export { type Arena, type Lease, createArena } from "./arena.ts";
export { type Buffer, addressOf, bufferAt, contentsOf } from "./buffer.ts";
export { type Host, leaseOf } from "./host.ts";
export { type Memory, type WasmMemory, createSharedMemory, most, pagesOf } from "./memory.ts";
export { hasSimd } from "./simd/available.ts";
export { meeting } from "./simd/crew.ts";
export { type Compiled, moduleOf } from "./simd/modules.ts";
export { supportsOf } from "./supports.ts";
export { type Places, placesOf } from "./simd/places.ts";
