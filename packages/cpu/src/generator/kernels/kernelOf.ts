// The kernel of an operation, by its kind: all that linking knows of kernels.
import type { Frame, Kernel } from "../codegen/kernel.ts";
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
export function kernelOf(frame: Frame, op: KernelOp, scans: number): Kernel {
  if (op.kind === "pack") return pack(frame, op, scans);
  const { step, panels } = op;
  switch (step.kind) {
    case "map":
      return map(frame, step, scans);
    case "reduce":
      return reduce(frame, step, scans);
    case "matmul":
      return matmul(frame, step, scans, panels);
    case "gather":
      return gather(frame, step, scans);
    case "scatter":
      return scatter(frame, step, scans);
  }
}
