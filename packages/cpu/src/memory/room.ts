// The memory of a backend handed out: buffers, constants, and one arena for all scratch. It knows no Programs.
import { type DType, SluiceError } from "@sluice/core";
import { bytes } from "@sluice/core/kit";
import { createAllocator } from "./allocator.ts";
import { createArena } from "./arena.ts";
import { type Buffer, addressOf, bufferAt, contentsOf } from "./buffer.ts";
import type { Host } from "./host.ts";
import { type Memory, most } from "./memory.ts";

export interface Room extends Host {
  /** A buffer that holds anything. Throws OUT_OF_MEMORY, which `verb` is said to have met. */
  place(verb: string, dtype: DType, length: number): Buffer;
  /** A buffer that holds anything; undefined where there is no room. */
  spare(dtype: DType, length: number): Buffer | undefined;
  /** A buffer of zeros. Throws OUT_OF_MEMORY. */
  create(dtype: DType, length: number): Buffer;
}

interface Options {
  /** The backend's, for messages. */
  readonly name: string;
  readonly memory: Memory;
  /** Most bytes. */
  readonly limit: number;
  /** Calls `free` once nothing uses what it gives back; at once by default. */
  readonly retire?: (free: () => void) => void;
}

export function createRoom({ name, memory, limit, retire = (free) => free() }: Options): Room {
  const allocator = createAllocator((size) => memory.grow(size));
  const release = (at: number): void => retire(() => allocator.release(at));
  const arena = createArena({ allocate: allocator.allocate, release });
  let clock = 0;

  const full = (verb: string, wanted: number): SluiceError =>
    new SluiceError({
      code: "OUT_OF_MEMORY",
      who: `${name}.${verb}`,
      what: `${wanted} bytes wanted, ${allocator.used} in use, the limit is ${limit}`,
      fix: limit < most ? "Destroy what is no longer needed, or open with more `memory`" : "Destroy what is no longer needed",
      facts: { wanted, used: allocator.used, limit },
    });
  const spare = (dtype: DType, length: number): Buffer | undefined => {
    const address = allocator.allocate(length * bytes[dtype]);
    if (address === undefined) return undefined;
    const buffer = bufferAt(memory, address, dtype, length);
    touch(buffer);
    return buffer;
  };
  const place = (verb: string, dtype: DType, length: number): Buffer => {
    const buffer = spare(dtype, length);
    if (buffer === undefined) throw full(verb, length * bytes[dtype]);
    return buffer;
  };
  const touch = (buffer: Buffer): void => void (buffer.version = ++clock);
  const zeros = (verb: string, dtype: DType, length: number): Buffer => {
    const buffer = place(verb, dtype, length);
    contentsOf(buffer, 0, length).fill(0);
    return buffer;
  };

  return {
    place,
    spare,
    create: (dtype, length) => zeros("create", dtype, length),
    scratch: ({ dtype, length }) => bufferAt(memory, 0, dtype, length),
    constant({ dtype, length, data }) {
      const buffer = zeros("compile", dtype, length);
      if (data !== undefined) contentsOf(buffer, 0, length).set(data);
      return buffer;
    },
    release: (buffer) => release(addressOf(buffer)),
    enter(lease) {
      if (!arena.enter(lease)) throw full("compile", lease.size);
    },
    leave: (lease) => arena.leave(lease),
    touch,
  };
}
