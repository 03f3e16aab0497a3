// The kernel of an operation, by its kind: all that linking knows of kernels.
import type { KernelContext, KernelFunction } from "../codegen/kernelFunction.ts";
import type { PlannedStep } from "../plans/planPanels.ts";
import { gather } from "./gather.ts";
import { map } from "./map.ts";
import { matmul } from "./matmul/matmul.ts";
import { pack } from "./matmul/pack.ts";
import { reduce } from "./reduce/reduce.ts";
import { scatter } from "./scatter.ts";

/** A planned step that is one kernel. */
export type PlannedKernel = Exclude<PlannedStep, { kind: "scan" }>;

/** The kernel of an operation inside so many scans. */
export function kernelOf(context: KernelContext, op: PlannedKernel, scans: number): KernelFunction {
  if (op.kind === "pack") return pack(context, op, scans);
  const { step, panels } = op;
  switch (step.kind) {
    case "map":
      return map(context, step, scans);
    case "reduce":
      return reduce(context, step, scans);
    case "matmul":
      return matmul(context, step, scans, panels);
    case "gather":
      return gather(context, step, scans);
    case "scatter":
      return scatter(context, step, scans);
  }
}
