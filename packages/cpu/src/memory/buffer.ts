// A range of the backend's memory: what `create` returns and what kernels read and write.
import type { DType, TypedArray } from "@sluice/core";
import { type Held, bytes } from "@sluice/core/kit";
import type { Memory } from "./memory.ts";

/** Opaque to users: made by `create`, valid until `destroy`. */
export interface Buffer extends Held {
  /** The backend's memory it lies in, by which a backend knows its own. */
  readonly memory: Memory;
  /** Its first element, counted in elements of its dtype from the start of the memory. */
  startElement: number;
  /** Changes with each write and each run that may have written it, and no two buffers share one: executables compare it to know whether what they packed is stale. */
  version: number;
}

/** A buffer at byte `address`. */
export function bufferAt(memory: Memory, address: number, dtype: DType, length: number): Buffer {
  return { memory, dtype, length, startElement: address / bytes[dtype], alive: true, bound: 0, version: 0 };
}

/** Where it starts, in bytes. */
export function addressOf({ startElement, dtype }: Buffer): number {
  return startElement * bytes[dtype];
}

/** Elements of a buffer as they lie in memory now: copy them before the memory may grow. */
export function contentsOf({ memory, dtype, startElement }: Buffer, from: number, length: number): TypedArray {
  return memory[dtype].subarray(startElement + from, startElement + from + length);
}
