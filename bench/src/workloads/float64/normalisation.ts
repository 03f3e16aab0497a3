// Batch normalisation in training, from its equations, forward and back (Ioffe & Szegedy 2015).
import { columnSums } from "./matrix.ts";
import type { Numbers } from "./sequence.ts";

/** x [rows, features] → the same; back from the gradient of what it gives. */
export function batchNormalization({ x, gamma, beta }: Numbers<"x" | "gamma" | "beta">, epsilon: number) {
  const features = gamma.length,
    rows = x.length / features;
  const meanOf = (y: Float64Array): Float64Array => columnSums(y, features).map((sum) => sum / rows);
  const mean = meanOf(x);
  const variance = meanOf(x.map((value, at) => (value - mean[at % features]!) ** 2));
  const factor = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const normal = x.map((value, at) => (value - mean[at % features]!) * factor[at % features]!);
  const output = normal.map((value, at) => value * gamma[at % features]! + beta[at % features]!);
  const backward = (d: Float64Array): Numbers<"x" | "gamma" | "beta"> => {
    const slopes = d.map((value, at) => value * normal[at]!);
    const [along, all] = [meanOf(slopes), meanOf(d)];
    // d x = γ/√(σ² + ε)·(d − mean d − x̂·mean(d∘x̂))
    const dx = d.map((value, at) => {
      const f = at % features;
      return gamma[f]! * factor[f]! * (value - all[f]! - normal[at]! * along[f]!);
    });
    return { x: dx, gamma: columnSums(slopes, features), beta: columnSums(d, features) };
  };
  return { output, backward };
}
