// The memory that a Program needs, as both executors ask for it: scratch and constants.
import type { Slot } from "@sluice/core";
import { bytes } from "@sluice/core/kit";
import type { Lease } from "./arena.ts";
import type { Buffer } from "./buffer.ts";

export interface ProgramMemory {
  /** A buffer in the arena, placed when its lease is entered. */
  scratch(slot: Slot): Buffer;
  /** A buffer of its own that holds `slot.data`, or zeros. Throws OUT_OF_MEMORY. */
  constant(slot: Slot): Buffer;
  release(buffer: Buffer): void;
  /** Throws OUT_OF_MEMORY. */
  enter(lease: Lease): void;
  leave(lease: Lease): void;
  /** Marks a buffer as written. */
  markWritten(buffer: Buffer): void;
}

/** Lays buffers out one after the other, each from a multiple of 64 bytes. */
export function leaseOf(scratch: readonly Buffer[]): Lease {
  let size = 0;
  const buffers = scratch.map((buffer) => {
    const offset = size;
    size += Math.ceil((buffer.length * bytes[buffer.dtype]) / 64) * 64;
    return { buffer, offset };
  });
  return { size, buffers };
}
