// The scratch of all executables: one range as large as the largest of them needs, since runs are sequential and scratch holds nothing between them.
import { bytes } from "@sluice/core/kit";
import type { Allocator } from "./allocator.ts";
import type { Buffer } from "./buffer.ts";

/** The scratch buffers of one executable, each at its byte offset within the arena. */
export interface Lease {
  readonly size: number;
  readonly buffers: readonly { readonly buffer: Buffer; readonly offset: number }[];
}

export interface Arena {
  /** Makes room for a lease and sets where its buffers lie; false, and nothing changed, where there is none. */
  enter(lease: Lease): boolean;
  /** Ends a lease; the arena shrinks to what is still needed. */
  leave(lease: Lease): void;
}

export function createArena(allocator: Pick<Allocator, "allocate" | "release">): Arena {
  const leases = new Set<Lease>();
  let range: { readonly at: number; readonly size: number } | undefined;

  /** Moves the arena to a range of `size` bytes; nothing in it is worth keeping. */
  const resize = (size: number): boolean => {
    if (range !== undefined) allocator.release(range.at);
    range = undefined;
    if (size === 0) return true;
    const at = allocator.allocate(size);
    if (at === undefined) return false;
    range = { at, size };
    for (const lease of leases) place(lease, at);
    return true;
  };
  const needed = (): number => Math.max(0, ...[...leases].map(({ size }) => size));

  return {
    enter(lease) {
      leases.add(lease);
      if (lease.size > (range?.size ?? 0)) {
        if (resize(lease.size)) return true;
        leases.delete(lease);
        resize(needed()); // what was released just before fits again
        return false;
      }
      if (range !== undefined) place(lease, range.at);
      return true;
    },
    leave(lease) {
      leases.delete(lease);
      if (needed() < (range?.size ?? 0)) resize(needed());
    },
  };
}

function place({ buffers }: Lease, at: number): void {
  for (const { buffer, offset } of buffers) buffer.startElement = (at + offset) / bytes[buffer.dtype];
}
