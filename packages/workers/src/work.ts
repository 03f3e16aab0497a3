// How much work one run of a Program is, by its shapes.
import type { Kernel, Program } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";

/** In multiplications with addition of a product, of which a core does some 20 per nanosecond; an element of pointwise work counts as so many. */
const element = 10;

export function workOf({ steps }: Pick<Program, "steps">): number {
  return sum(steps, (step) => (step.kind === "scan" ? step.length * workOf({ steps: step.body }) : workOfKernel(step)));
}

function workOfKernel(kernel: Kernel): number {
  switch (kernel.kind) {
    case "map":
    case "reduce":
      return sizeOf(kernel.shape) * element;
    case "matmul":
      return sizeOf(kernel.out.shape) * kernel.a.shape.at(-1)!;
    case "gather":
      return sizeOf(kernel.out.shape);
    case "scatter":
      return sizeOf(kernel.source.shape);
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
