// For backends that run the same modules, on several threads: what cpu is made of. Not for users.
export {
  type Compiled,
  type Places,
  groupRowsOf,
  instantiate,
  isParallel,
  meeting,
  moduleOf,
  obstacle,
  orFree,
  placesOf,
  rowTiling,
  timeTiling,
} from "./generator/index.ts";
export { type Buffer, addressOf, contentsOf } from "./memory/buffer.ts";
export type { Host } from "./memory/host.ts";
export { type Memory, type WasmMemory, createSharedMemory, most, pagesOf } from "./memory/memory.ts";
export { type Room, createRoom } from "./memory/room.ts";
export { supportsOf } from "./supports.ts";
