// A range of the backend's memory: what `create` returns and what kernels read and write.
import type { DType, TypedArray } from "@sluice/core";
import { type Held, bytes } from "@sluice/core/kit";
import type { Memory } from "./memory.ts";

/** Opaque to users: made by `create`, valid until `destroy`. */
export interface Buffer extends Held {
  /** The backend's memory it lies in, by which a backend knows its own. */
  readonly memory: Memory;
  /** Its first element, counted in elements of its dtype from the start of the memory. */
  at: number;
  /** Another number after each write and each run that may have written it, of no other buffer: by it executables know what they packed. */
  version: number;
}

/** A buffer at byte `address`. */
export function bufferAt(memory: Memory, address: number, dtype: DType, length: number): Buffer {
  return { memory, dtype, length, at: address / bytes[dtype], alive: true, bound: 0, version: 0 };
}

/** Where it starts, in bytes. */
export function addressOf({ at, dtype }: Buffer): number {
  return at * bytes[dtype];
}

/** Elements of a buffer as they lie in memory now: copy them before the memory may grow. */
export function contentsOf({ memory, dtype, at }: Buffer, from: number, length: number): TypedArray {
  return memory[dtype].subarray(at + from, at + from + length);
}
