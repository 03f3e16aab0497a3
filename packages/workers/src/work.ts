// What threads would gain on a run of a Program, as far as its shapes tell.
import type { Kernel, Program, Step } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import { isParallel, rowGroupSize } from "@sluice/cpu/kit";

/** Measured on one core of an AVX-512 class x86-64 at Node 20.20, in nanoseconds: a multiplication with addition of a product, an element of pointwise work. */
const cost = { product: 1 / 18, element: 1 / 2 };
/** Two threads meet in 1.6 microseconds where both have a core. */
const meeting = 2000;

/** In microseconds: how long a run takes one thread, and by how much so many would shorten it, their meetings included. */
export function estimate(program: Program, threads: number): { readonly time: number; readonly gain: number } {
  const { work, meetings } = costOf(program.steps);
  return { time: work / 1000, gain: Math.max(0, work * (1 - 1 / threads) - meetings * meeting) / 1000 };
}

interface Cost {
  /** Nanoseconds on one thread. */
  readonly work: number;
  readonly meetings: number;
}

/** Of steps inside scans of these lengths. */
function costOf(steps: readonly Step[], around: readonly number[] = []): Cost {
  return steps.reduce<Cost>(
    ({ work, meetings }, step) => {
      if (step.kind !== "scan") return { work: work + workOf(step), meetings: meetings + 1 };
      const body = costOf(step.body, [...around, step.length]);
      const isApart = isParallel(step) || rowGroupSize(step, around) !== undefined;
      return { work: work + step.length * body.work, meetings: meetings + (isApart ? 1 : step.length * body.meetings) };
    },
    { work: 0, meetings: 0 },
  );
}

function workOf(kernel: Kernel): number {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return sizeOf(kernel.shape) * kernel.body.length * (cost.element / 4);
    case "matmul":
      return sizeOf(kernel.out.shape) * kernel.a.shape.at(-1)! * cost.product;
    case "gather":
      return sizeOf(kernel.out.shape) * cost.element;
    case "scatter":
      return sizeOf(kernel.source.shape) * cost.element;
  }
}
