// A matrix product.
import { exactly, normal } from "./data.ts";
import { product } from "./float64/matrix.ts";
import type { Workload } from "./workload.ts";

/** a [m, k] · b [k, n]; square where only m is given. */
export function matmul(m: number, k = m, n = m): Workload<"matmul"> {
  const given = () => ({ a: normal("a", [m, k]), b: normal("b", [k, n]) });
  return {
    name: m === k && k === n ? `matmul-${m}` : `matmul-${m}-${k}-${n}`,
    help: `[${m}, ${k}] · [${k}, ${n}]`,
    task: "matmul",
    flops: 2 * m * k * n,
    given,
    compared: 1,
    expected() {
      const { a, b } = exactly(given());
      return product(a, b, [m, k, n]);
    },
    tolerance: 1e-5, // √k·2⁻²⁴ of the largest sum in expectation, 2e-6 for 1024
  };
}
