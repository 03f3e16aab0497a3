// Batch normalisation in training, from its equations, forward and back (Ioffe & Szegedy 2015).
import { columnSums } from "./matrix.ts";
import type { Numbers } from "./sequence.ts";

/** x [rows, features] → the same; back from the gradient of what it gives. */
export function batchNormalization({ x, gamma, beta }: Numbers<"x" | "gamma" | "beta">, epsilon: number) {
  const features = gamma.length,
    rows = x.length / features;
  const meanOf = (y: Float64Array): Float64Array => columnSums(y, features).map((sum) => sum / rows);
  /** Each number with that of its feature. */
  const each = (y: Float64Array, feature: Float64Array, f: (value: number, own: number) => number): Float64Array =>
    y.map((value, at) => f(value, feature[at % features]!));
  const pairs = (y: Float64Array, z: Float64Array, f: (a: number, b: number) => number): Float64Array =>
    y.map((value, at) => f(value, z[at]!));
  const centred = each(x, meanOf(x), (value, mean) => value - mean);
  const factor = meanOf(centred.map((value) => value ** 2)).map((variance) => 1 / Math.sqrt(variance + epsilon));
  const normal = each(centred, factor, (value, own) => value * own);
  const output = each(
    each(normal, gamma, (value, own) => value * own),
    beta,
    (value, own) => value + own,
  );
  const backward = (d: Float64Array): Numbers<"x" | "gamma" | "beta"> => {
    const slopes = pairs(d, normal, (a, b) => a * b);
    // d x = γ/√(σ² + ε)·(d − mean d − x̂·mean(d∘x̂))
    const along = each(normal, meanOf(slopes), (value, mean) => value * mean);
    const inner = pairs(
      each(d, meanOf(d), (value, mean) => value - mean),
      along,
      (a, b) => a - b,
    );
    const dx = each(
      inner,
      pairs(gamma, factor, (a, b) => a * b),
      (value, own) => value * own,
    );
    return { x: dx, gamma: columnSums(slopes, features), beta: columnSums(d, features) };
  };
  return { output, backward };
}
