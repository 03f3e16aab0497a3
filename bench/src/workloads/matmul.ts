// A square matrix product.
import { normal } from "./data.ts";
import type { Workload } from "./workload.ts";

export function matmul(n: number): Workload<"matmul"> {
  return {
    name: `matmul-${n}`,
    help: `[${n}, ${n}] · [${n}, ${n}]`,
    task: "matmul",
    flops: 2 * n ** 3,
    given: () => ({ a: normal("a", [n, n]), b: normal("b", [n, n]) }),
    compared: 1,
    tolerance: 1e-5, // √n·2⁻²⁴ of the largest sum in expectation, 1e-6 for 256
  };
}
