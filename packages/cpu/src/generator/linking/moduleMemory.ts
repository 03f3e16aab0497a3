// Where everything lies that a module works on: scratch in the arena, constants and kept panels of their own, and the table that says so.
import type { Program } from "@sluice/core";
import { writtenBindings } from "@sluice/core/kit";
import { type Buffer, addressOf } from "../../memory/buffer.ts";
import type { Lease } from "../../memory/arena.ts";
import { type ProgramMemory, leaseOf } from "../../memory/programMemory.ts";
import type { CompiledModule } from "./modules.ts";

export interface ModuleMemory {
  /** Words in the table that `run` of the module takes. */
  readonly tableWords: number;
  /** A buffer for one table, as scratch: for one run. */
  readonly tableBuffer: Buffer;
  /**
   * Writes the table for a run with these bindings at `into[at]`. Writing a table records its stale panels as packed: every table written must be
   * run, in the order of writing.
   */
  writeTable(into: Int32Array, at: number, bindings: readonly Buffer[]): void;
  /** Marks what a run with these bindings has written. */
  markWritten(bindings: readonly Buffer[]): void;
  free(): void;
}

/** Allocates all that a Program needs on so many threads. Throws OUT_OF_MEMORY, and holds nothing then. */
export function allocateModuleMemory(
  program: Program,
  { panels, workspaceBytes }: CompiledModule,
  heap: ProgramMemory,
  threads = 1,
): ModuleMemory {
  const scratch: Buffer[] = [];
  const owned: Buffer[] = [];
  const own = (buffer: Buffer): Buffer => owned[owned.push(buffer) - 1]!;
  const lend = (words: number): Buffer => scratch[scratch.push(heap.scratch({ dtype: "f32", length: words })) - 1]!;
  const release = (): void => owned.forEach((buffer) => heap.release(buffer));
  const allocate = (): { readonly bases: readonly (Buffer | undefined)[]; readonly tableBuffer: Buffer; readonly lease: Lease } => {
    const slots = program.slots.map((slot) => {
      if (slot.binding !== undefined) return undefined;
      return slot.data === undefined ? lend(slot.length) : own(heap.constant(slot));
    });
    const packs = panels.map(({ bytes, cachedSlot }) =>
      cachedSlot === undefined ? lend(bytes / 4) : own(heap.constant({ dtype: "f32", length: bytes / 4 })),
    );
    const bases = [...slots, ...packs, lend((workspaceBytes / 4) * threads)];
    const tableBuffer = lend(bases.length + panels.length);
    const lease = leaseOf(scratch);
    heap.enter(lease);
    return { bases, tableBuffer, lease };
  };

  try {
    const { bases, tableBuffer, lease } = allocate();
    const bound = program.slots.flatMap(({ binding }, at) => (binding === undefined ? [] : [{ at, binding }]));
    const kept = panels.flatMap(({ cachedSlot }, i) =>
      cachedSlot === undefined ? [] : [{ at: bases.length + i, binding: program.slots[cachedSlot]!.binding!, version: -1 }],
    );
    const written = writtenBindings(program);
    return {
      tableWords: tableBuffer.length,
      tableBuffer,
      writeTable(into, at, bindings) {
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

/** What `make` gives. Where it throws, the memory is freed. */
export function freeOnThrow<T>(memory: ModuleMemory, make: () => T): T {
  try {
    return make();
  } catch (error) {
    memory.free();
    throw error;
  }
}
