// Softmax and what rounding may do to it. It knows nothing of attention.
import { pointwise, type Bounded } from "./bounded.ts";
import type { Rounding } from "./rounding.ts";

/**
 * Softmax, computed as exp(xᵢ − m) / Σ exp(xⱼ − m), m the largest of x: m cancels, whichever number it is.
 *
 * An error δⱼ of each xⱼ moves pᵢ by at most κ·pᵢ·((1 − pᵢ)·δᵢ + Σ_{j≠i} pⱼ·δⱼ): the mean value theorem with ∂pᵢ/∂xⱼ = pᵢ·([i = j] − pⱼ),
 * where on the way no p grows by more than e^{2·max δ}, so κ = e^{4·max δ}. Rounding xⱼ − m and exp is such an error; the sum and the
 * quotient err by γₙ and div on top. A term too small for the type comes out as 0.
 */
export function softmax(x: Bounded, { ulp, tiny, sum, exp, div }: Rounding): Bounded {
  const n = x.value.length;
  const [most, worst] = [x.value.reduce((a, b) => Math.max(a, b), -Infinity), x.error.reduce((a, b) => Math.max(a, b), 0)];
  const powers = x.value.map((v) => Math.exp(v - most));
  const whole = powers.reduce((a, b) => a + b, 0);
  const p = powers.map((power) => power / whole);
  const delta = x.error.map((e, j) => e + sum * ulp * (most - x.value[j]! + e + worst) + exp * ulp);
  const kappa = Math.exp(4 * delta.reduce((a, b) => Math.max(a, b), 0));
  const moved = p.reduce((total, share, j) => total + share * delta[j]!, 0);
  const gamma = (n * sum * ulp) / (1 - n * sum * ulp) + div * ulp;
  return pointwise(x.shape, (i) => {
    const others = (whole - powers[i]!) / whole; // 1 − pᵢ
    const drift = kappa * p[i]! * (others * delta[i]! + Math.max(0, moved - p[i]! * delta[i]!));
    return [p[i]!, Math.min(1, drift + gamma * (p[i]! + drift) + (n > 1 ? 3 * tiny * (1 + n * p[i]!) : 0))];
  });
}
