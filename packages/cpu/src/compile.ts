// A Program to an executable: scratch leased from the arena, constants uploaded, every kernel prepared once.
import type { DType, Executable, Kernel, Program, Slot } from "@sluice/core";
import { type Launch, bytes, stepwise } from "@sluice/core/kit";
import type { Lease } from "./arena.ts";
import type { Buffer } from "./buffer.ts";
import { gather } from "./gather.ts";
import { map } from "./map.ts";
import { matmul } from "./matmul.ts";
import type { Machine } from "./machine.ts";
import { reduce } from "./reduce.ts";
import { scatter } from "./scatter.ts";

/** What compiling needs of the backend. */
export interface Host {
  readonly machine: Machine;
  /** A buffer in the arena, placed when its lease is entered. */
  scratch(slot: Slot): Buffer;
  /** A buffer that holds `slot.data`. Throws OUT_OF_MEMORY. */
  constant(slot: Slot): Buffer;
  release(buffer: Buffer): void;
  /** Throws OUT_OF_MEMORY. */
  enter(lease: Lease): void;
  leave(lease: Lease): void;
}

/** Prepares a legal program. Whatever it throws, the backend is as before. */
export function compile(program: Program, host: Host): Executable<Buffer> {
  const dtypes = program.slots.map(({ dtype }) => dtype);
  const scratch: Buffer[] = [];
  const executable = stepwise<Buffer>({
    executor: `block interpreter ${dtypes.includes("f64") ? "f64" : "f32"}`,
    program,
    create(slot) {
      if (slot.data !== undefined) return host.constant(slot);
      const buffer = host.scratch(slot);
      scratch.push(buffer);
      return buffer;
    },
    destroy: (buffer) => {
      if (!scratch.includes(buffer)) host.release(buffer);
    },
    launch: (kernel) => launch(host.machine, kernel, dtypes),
  });
  const lease = leaseOf(scratch);
  try {
    host.enter(lease);
  } catch (error) {
    executable.destroy();
    throw error;
  }
  return {
    executor: executable.executor,
    run: executable.run,
    destroy() {
      executable.destroy();
      host.leave(lease);
    },
  };
}

function launch(machine: Machine, kernel: Kernel, dtypes: readonly DType[]): Launch<Buffer> {
  switch (kernel.kind) {
    case "map":
      return map(machine, kernel, dtypes);
    case "reduce":
      return reduce(machine, kernel, dtypes);
    case "matmul":
      return matmul(machine, kernel, dtypes);
    case "gather":
      return gather(machine, kernel, dtypes);
    case "scatter":
      return scatter(machine, kernel, dtypes);
  }
}

/** Lays buffers out one after the other, each from a multiple of 64 bytes. */
function leaseOf(scratch: readonly Buffer[]): Lease {
  let size = 0;
  const buffers = scratch.map((buffer) => {
    const offset = size;
    size += Math.ceil((buffer.length * bytes[buffer.dtype]) / 64) * 64;
    return { buffer, offset };
  });
  return { size, buffers };
}
