// Where everything lies that a module works on: scratch in the arena, constants and kept panels of their own, and the table that says so.
import type { Program } from "@sluice/core";
import { type Buffer, addressOf } from "../../memory/buffer.ts";
import type { Lease } from "../../memory/arena.ts";
import { type ProgramMemory, leaseOf } from "../../memory/programMemory.ts";
import { writtenBy } from "../../written.ts";
import type { Compiled } from "./modules.ts";

export interface Places {
  /** Words in the table that `run` of the module takes. */
  readonly words: number;
  /** Room for one table, as scratch: for one run. */
  readonly room: Buffer;
  /** Writes the table for a run with these bindings at `into[at]`. Every table made is to be run, in order: what it tells to pack counts as packed. */
  table(into: Int32Array, at: number, bindings: readonly Buffer[]): void;
  /** Marks what a run with these bindings has written. */
  markWritten(bindings: readonly Buffer[]): void;
  free(): void;
}

/** Finds a place for all that a Program needs on so many threads. Throws OUT_OF_MEMORY, and holds nothing then. */
export function placesOf(program: Program, { panels, workspace }: Compiled, heap: ProgramMemory, threads = 1): Places {
  const scratch: Buffer[] = [];
  const owned: Buffer[] = [];
  const own = (buffer: Buffer): Buffer => owned[owned.push(buffer) - 1]!;
  const lend = (words: number): Buffer => scratch[scratch.push(heap.scratch({ dtype: "f32", length: words })) - 1]!;
  const release = (): void => owned.forEach((buffer) => heap.release(buffer));
  const place = (): { readonly bases: readonly (Buffer | undefined)[]; readonly room: Buffer; readonly lease: Lease } => {
    const slots = program.slots.map((slot) => {
      if (slot.binding !== undefined) return undefined;
      return slot.data === undefined ? lend(slot.length) : own(heap.constant(slot));
    });
    const packs = panels.map(({ bytes, cachedSlot: keeps }) =>
      keeps === undefined ? lend(bytes / 4) : own(heap.constant({ dtype: "f32", length: bytes / 4 })),
    );
    const bases = [...slots, ...packs, lend((workspace / 4) * threads)];
    const room = lend(bases.length + panels.length);
    const lease = leaseOf(scratch);
    heap.enter(lease);
    return { bases, room, lease };
  };

  try {
    const { bases, room, lease } = place();
    const bound = program.slots.flatMap(({ binding }, at) => (binding === undefined ? [] : [{ at, binding }]));
    const kept = panels.flatMap(({ cachedSlot: keeps }, i) =>
      keeps === undefined ? [] : [{ at: bases.length + i, binding: program.slots[keeps]!.binding!, version: -1 }],
    );
    const written = writtenBy(program);
    return {
      words: room.length,
      room,
      table(into, at, bindings) {
        for (let i = 0; i < bases.length; i++) if (bases[i] !== undefined) into[at + i] = addressOf(bases[i]!);
        for (const slot of bound) into[at + slot.at] = addressOf(bindings[slot.binding]!);
        for (const panel of kept) {
          const { version } = bindings[panel.binding]!;
          into[at + panel.at] = panel.version === version ? 0 : 1;
          panel.version = version;
        }
      },
      markWritten(bindings) {
        for (const binding of written) heap.markWritten(bindings[binding]!);
      },
      free() {
        release();
        heap.leave(lease);
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}

/** What `make` gives. Where it throws, the places are given back. */
export function orFree<T>(places: Places, make: () => T): T {
  try {
    return make();
  } catch (error) {
    places.free();
    throw error;
  }
}
