// What focal losses share: the weight of what is not yet certain (Lin et al. 2017).
import { exp, log, maximum, square, type Tensor } from "@sluice/core";

/** Below what can count, above what is 0 in f32: where it is certain its weight is 0, and so is the slope. */
const least = 1e-30;

/** xᵞ for x in [0, 1]; 1 for γ = 0. */
export function focus(x: Tensor, gamma: number): Tensor {
  if (gamma === 2) return square(x);
  return gamma === 1 ? x : exp(log(maximum(x, least)).mul(gamma));
}
