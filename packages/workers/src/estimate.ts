// What threads would gain on a run of a Program, as far as its shapes tell.
import type { Kernel, Program, Step } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import { isParallel, rowGroupSize } from "@sluice/cpu/kit";

/** Measured on one core of an AVX-512 class x86-64 at Node 20.20, in nanoseconds: a multiplication with addition of a product, an element of pointwise work. */
const costNs = { product: 1 / 18, element: 1 / 2 };
/** A barrier of two threads takes 1.6 microseconds where both have a core. */
const barrierNs = 2000;

/** In microseconds: how long a run takes one thread, and by how much so many would shorten it, their barriers included. */
export function estimate(program: Program, threads: number): { readonly timeUs: number; readonly gainUs: number } {
  const { workNs, barriers } = costOf(program.steps);
  return { timeUs: workNs / 1000, gainUs: Math.max(0, workNs * (1 - 1 / threads) - barriers * barrierNs) / 1000 };
}

interface Cost {
  /** On one thread. */
  readonly workNs: number;
  readonly barriers: number;
}

/** Of steps inside scans of these lengths. */
function costOf(steps: readonly Step[], outerLengths: readonly number[] = []): Cost {
  return steps.reduce<Cost>(
    ({ workNs, barriers }, step) => {
      if (step.kind !== "scan") return { workNs: workNs + workNsOf(step), barriers: barriers + 1 };
      const body = costOf(step.body, [...outerLengths, step.length]);
      const isRowIndependent = isParallel(step) || rowGroupSize(step, outerLengths) !== undefined;
      return { workNs: workNs + step.length * body.workNs, barriers: barriers + (isRowIndependent ? 1 : step.length * body.barriers) };
    },
    { workNs: 0, barriers: 0 },
  );
}

function workNsOf(kernel: Kernel): number {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return sizeOf(kernel.shape) * kernel.body.length * (costNs.element / 4);
    case "matmul":
      return sizeOf(kernel.out.shape) * kernel.a.shape.at(-1)! * costNs.product;
    case "gather":
      return sizeOf(kernel.out.shape) * costNs.element;
    case "scatter":
      return sizeOf(kernel.source.shape) * costNs.element;
  }
}
