// Which views a kernel touches, and how: what checks, passes and printers all ask of a step.
import type { Kernel, Program, Step, View } from "../backend.ts";

/** One view of a kernel. An `accumulate` reads and writes the same elements. */
export interface Use {
  /** "input 0", "output 1", "a", "table": its place in the step. */
  readonly role: string;
  readonly view: View;
  readonly access: "read" | "write" | "accumulate";
}

/** Every view of a kernel, reads first. */
export function usesOf(kernel: Kernel): Use[] {
  const write = (accumulate: boolean): Use["access"] => (accumulate ? "accumulate" : "write");
  switch (kernel.kind) {
    case "map":
      return [...kernel.inputs.map(input), ...kernel.outputs.map(({ view }, i): Use => ({ role: `output ${i}`, view, access: "write" }))];
    case "reduce":
      return [...kernel.inputs.map(input), { role: "output", view: kernel.output, access: write(kernel.accumulate) }];
    case "matmul":
      return [read("a", kernel.a), read("b", kernel.b), { role: "out", view: kernel.out, access: write(kernel.accumulate) }];
    case "gather":
      return [read("table", kernel.table), read("index", kernel.index), { role: "out", view: kernel.out, access: "write" }];
    case "scatter":
      return [read("source", kernel.source), read("index", kernel.index), { role: "out", view: kernel.out, access: "accumulate" }];
  }
}

/** Where a kernel stands in its Program. */
export interface Site {
  readonly kernel: Kernel;
  /** Its position among the steps, and in the body of each scan around it. */
  readonly path: readonly number[];
  /** The length of each enclosing scan, outermost first. */
  readonly lengths: readonly number[];
}

/** Every kernel of a Program's steps, in the order of execution. */
export function sitesOf(steps: readonly Step[], path: readonly number[] = [], lengths: readonly number[] = []): Site[] {
  return steps.flatMap((step, at) => {
    const here = [...path, at];
    return step.kind === "scan" ? sitesOf(step.body, here, [...lengths, step.length]) : [{ kernel: step, path: here, lengths }];
  });
}

/** The bindings that a run may change: those that some step writes. */
export function writtenBindings({ slots, steps }: Program): number[] {
  const writes = sitesOf(steps).flatMap(({ kernel }) => usesOf(kernel).filter(({ access }) => access !== "read"));
  return [...new Set(writes.map(({ view }) => slots[view.slot]!.binding))].filter((binding) => binding !== undefined);
}

function input(view: View, at: number): Use {
  return read(`input ${at}`, view);
}

function read(role: string, view: View): Use {
  return { role, view, access: "read" };
}
