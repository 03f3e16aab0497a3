// Rebuilds steps with some part replaced: what passes over Programs share.
import type { Kernel, Step, View } from "../backend.ts";

/** The same steps with every kernel replaced, scans kept. */
export function mapKernels(steps: readonly Step[], change: (kernel: Kernel) => Kernel): Step[] {
  return steps.map((step) => (step.kind === "scan" ? { ...step, body: mapKernels(step.body, change) } : change(step)));
}

/** The same kernel with every view replaced. */
export function mapViews(kernel: Kernel, change: (view: View) => View): Kernel {
  switch (kernel.kind) {
    case "map":
      return {
        ...kernel,
        inputs: kernel.inputs.map(change),
        outputs: kernel.outputs.map(({ view, value }) => ({ view: change(view), value })),
      };
    case "reduce":
      return { ...kernel, inputs: kernel.inputs.map(change), output: change(kernel.output) };
    case "matmul":
      return { ...kernel, a: change(kernel.a), b: change(kernel.b), out: change(kernel.out) };
    case "gather":
      return { ...kernel, table: change(kernel.table), index: change(kernel.index), out: change(kernel.out) };
    case "scatter":
      return { ...kernel, source: change(kernel.source), index: change(kernel.index), out: change(kernel.out) };
  }
}
