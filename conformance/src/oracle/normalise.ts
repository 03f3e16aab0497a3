// Layer normalisation (Ba, Kiros & Hinton 2016) and root mean square normalisation (Zhang & Sennrich 2019) of one vector, and back.
import type { Arithmetic } from "./arithmetic.ts";
import { full, type Bounded } from "./bounded.ts";

export interface Normalised {
  readonly value: Bounded;
  /** The gradient of the vector from that of the value. */
  backward(d: Bounded): Bounded;
}

/** y = (x − μ) / √(σ² + ε), μ the mean of x, σ² the mean of (x − μ)². */
export function layerNormalised({ affine, literal, layerNormal, layerNormalSlopes }: Arithmetic, x: Bounded, epsilon = 1e-5): Normalised {
  const e = literal(full([1], epsilon));
  return { value: layerNormal(x, e), backward: (d) => affine([], [d, layerNormalSlopes(x, e)]) };
}

/** y = x / √(mean of x² + ε) */
export function rmsNormalised({ affine, literal, rmsNormal, rmsNormalSlopes }: Arithmetic, x: Bounded, epsilon = 1e-6): Normalised {
  const e = literal(full([1], epsilon));
  return { value: rmsNormal(x, e), backward: (d) => affine([], [d, rmsNormalSlopes(x, e)]) };
}
