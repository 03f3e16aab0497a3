// A Program to an executable: scratch leased from the arena, constants uploaded, every kernel prepared once.
import type { DType, Executable, Kernel, Program } from "@sluice/core";
import { type Launch, stepwise, writtenBindings } from "@sluice/core/kit";
import type { Buffer } from "../memory/buffer.ts";
import { type ProgramMemory, leaseOf } from "../memory/programMemory.ts";
import { gather } from "./gather.ts";
import { map } from "./map.ts";
import { matmul } from "./matmul.ts";
import type { Machine } from "./machine.ts";
import { reduce } from "./reduce.ts";
import { scatter } from "./scatter.ts";

/** Prepares a legal program. Whatever it throws, the backend is as before. */
export function compile(program: Program, machine: Machine, heap: ProgramMemory): Executable<Buffer> {
  const dtypes = program.slots.map(({ dtype }) => dtype);
  const scratch: Buffer[] = [];
  const executable = stepwise<Buffer>({
    executor: `block interpreter ${dtypes.includes("f64") ? "f64" : "f32"}`,
    program,
    create(slot) {
      if (slot.data !== undefined) return heap.constant(slot);
      const buffer = heap.scratch(slot);
      scratch.push(buffer);
      return buffer;
    },
    destroy: (buffer) => {
      if (!scratch.includes(buffer)) heap.release(buffer);
    },
    launch: (kernel) => launch(machine, kernel, dtypes),
  });
  const lease = leaseOf(scratch);
  try {
    heap.enter(lease);
  } catch (error) {
    executable.destroy();
    throw error;
  }
  const written = writtenBindings(program);
  return {
    executor: executable.executor,
    run(bindings) {
      executable.run(bindings);
      for (const binding of written) heap.markWritten(bindings[binding]!);
    },
    destroy() {
      executable.destroy();
      heap.leave(lease);
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
