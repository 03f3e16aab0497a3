// The kernel of an operation, by its kind: all that linking knows of kernels.
import type { KernelContext, KernelFunction } from "../codegen/kernelFunction.ts";
import type { Op } from "../plans/plan.ts";
import { gather } from "./gather.ts";
import { map } from "./map.ts";
import { matmul } from "./matmul/matmul.ts";
import { pack } from "./matmul/pack.ts";
import { reduce } from "./reduce/reduce.ts";
import { scatter } from "./scatter.ts";

/** An operation that is one kernel. */
export type KernelOp = Exclude<Op, { kind: "scan" }>;

/** The kernel of an operation inside so many scans. */
export function kernelOf(context: KernelContext, op: KernelOp, scans: number): KernelFunction {
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
