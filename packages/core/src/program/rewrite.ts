// Rebuilds steps with some part replaced: what passes over Programs share.
import type { Kernel, Step, View } from "../backend.ts";

/** The same steps with every kernel replaced, scans kept. */
export function mapKernels(steps: readonly Step[], change: (kernel: Kernel) => Kernel): Step[] {
  return steps.map((step) => (step.kind === "scan" ? { ...step, body: mapKernels(step.body, change) } : change(step)));
}

/** The same kernel with every view replaced; `role` is its place in the kernel, as `usesOf` names it. */
export function mapViews(kernel: Kernel, change: (view: View, role: string) => View): Kernel {
  const input = (view: View, at: number): View => change(view, `input ${at}`);
  switch (kernel.kind) {
    case "map": {
      const outputs = kernel.outputs.map(({ view, value }, at) => ({ view: change(view, `output ${at}`), value }));
      return { ...kernel, inputs: kernel.inputs.map(input), outputs };
    }
    case "reduce":
      return { ...kernel, inputs: kernel.inputs.map(input), output: change(kernel.output, "output") };
    case "matmul":
      return { ...kernel, a: change(kernel.a, "a"), b: change(kernel.b, "b"), out: change(kernel.out, "out") };
    case "gather":
      return {
        ...kernel,
        ...{ table: change(kernel.table, "table"), index: change(kernel.index, "index"), out: change(kernel.out, "out") },
      };
    case "scatter":
      return {
        ...kernel,
        ...{ source: change(kernel.source, "source"), index: change(kernel.index, "index"), out: change(kernel.out, "out") },
      };
  }
}
