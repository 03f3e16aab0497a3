// The heap of a backend: hands out its memory as buffers, as constants, and as one arena for all scratch. It knows no Programs.
import { type DType, SluiceError } from "@sluice/core";
import { bytes } from "@sluice/core/kit";
import { createAllocator } from "./allocator.ts";
import { createArena } from "./arena.ts";
import { type Buffer, addressOf, bufferAt, contentsOf } from "./buffer.ts";
import type { ProgramMemory } from "./programMemory.ts";
import { type Memory, maxMemoryBytes } from "./memory.ts";

export interface Heap extends ProgramMemory {
  /** A buffer that holds anything. Throws OUT_OF_MEMORY in the name of `verb`. */
  allocateBuffer(verb: string, dtype: DType, length: number): Buffer;
  /** A buffer that holds anything; undefined where there is no room. */
  tryAllocate(dtype: DType, length: number): Buffer | undefined;
  /** A buffer of zeros. Throws OUT_OF_MEMORY. */
  create(dtype: DType, length: number): Buffer;
}

interface Options {
  /** The backend's, for messages. */
  readonly name: string;
  readonly memory: Memory;
  /** Most bytes. */
  readonly limitBytes: number;
  /** Calls `free` once nothing uses what it gives back; at once by default. */
  readonly retire?: (free: () => void) => void;
}

export function createHeap({ name, memory, limitBytes, retire = (free) => free() }: Options): Heap {
  const allocator = createAllocator((size) => memory.grow(size));
  const release = (at: number): void => retire(() => allocator.release(at));
  const arena = createArena({ allocate: allocator.allocate, release });
  let clock = 0;

  const full = (verb: string, wanted: number): SluiceError =>
    new SluiceError({
      code: "OUT_OF_MEMORY",
      who: `${name}.${verb}`,
      what: `${wanted} bytes wanted, ${allocator.used} in use, the limit is ${limitBytes}`,
      fix:
        limitBytes < maxMemoryBytes ? "Destroy what is no longer needed, or open with more `memory`" : "Destroy what is no longer needed",
      facts: { wanted, used: allocator.used, limit: limitBytes },
    });
  const tryAllocate = (dtype: DType, length: number): Buffer | undefined => {
    const address = allocator.allocate(length * bytes[dtype]);
    if (address === undefined) return undefined;
    const buffer = bufferAt(memory, address, dtype, length);
    markWritten(buffer);
    return buffer;
  };
  const allocateBuffer = (verb: string, dtype: DType, length: number): Buffer => {
    const buffer = tryAllocate(dtype, length);
    if (buffer === undefined) throw full(verb, length * bytes[dtype]);
    return buffer;
  };
  const markWritten = (buffer: Buffer): void => void (buffer.version = ++clock);
  const allocateZeroed = (verb: string, dtype: DType, length: number): Buffer => {
    const buffer = allocateBuffer(verb, dtype, length);
    contentsOf(buffer, 0, length).fill(0);
    return buffer;
  };

  return {
    allocateBuffer,
    tryAllocate,
    create: (dtype, length) => allocateZeroed("create", dtype, length),
    scratch: ({ dtype, length }) => bufferAt(memory, 0, dtype, length),
    constant({ dtype, length, data }) {
      const buffer = allocateZeroed("compile", dtype, length);
      if (data !== undefined) contentsOf(buffer, 0, length).set(data);
      return buffer;
    },
    release: (buffer) => release(addressOf(buffer)),
    enter(lease) {
      if (!arena.enter(lease)) throw full("compile", lease.size);
    },
    leave: (lease) => arena.leave(lease),
    markWritten,
  };
}
