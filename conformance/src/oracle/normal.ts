// A vector made as long as √n, centred before or not, and what rounding may do to it. It knows nothing of layers.
import { pointwise, type Bounded } from "./bounded.ts";
import type { Rounding } from "./rounding.ts";

export interface Normal {
  readonly value: Bounded;
  /** [n, n] */
  slopes(): Bounded;
}

/**
 * y = r·d, r = 1/ρ, ρ = √(mean of d² + ε), d = x, or x − μ where centred.
 *
 * ∂yᵢ/∂xⱼ = r·(cᵢⱼ − yᵢ·yⱼ/n), cᵢⱼ = [i = j], less 1/n where centred. An error e of x moves dᵢ by at most (1 − 1/n)·eᵢ + Σ_{j≠i} eⱼ/n where
 * centred; s is the root mean square of that. Then yᵢ moves by at most Σⱼ |∂yᵢ/∂xⱼ|·eⱼ + |Δdᵢ|·s/ρ₋² + |dᵢ|·s²/ρ₋³, and r by r²·mean(|y|·e) + s²/ρ₋³: Taylor's
 * second term, with |D²r| ≤ 2s²/ρ³, at the least ρ₋ = ρ − s on the way, which is √ε at least. Rounding d is such an error too, one that is
 * not centred; rounding the mean of squares, root, quotient and product err relatively on top. Whatever x is, |yᵢ| ≤ √n and r ≤ 1/√ε.
 */
export function normal(
  x: Bounded,
  epsilon: Bounded,
  { ulp, tiny, sum, sqrt, div }: Rounding,
  { centred }: { readonly centred: boolean },
): Normal {
  const n = x.value.length;
  const over = (f: (i: number) => number) => x.value.reduce((total, _, i) => total + f(i), 0) / n;
  const mu = centred ? over((i) => x.value[i]!) : 0;
  const d = x.value.map((v) => v - mu);
  const rho = Math.sqrt(over((i) => d[i]! ** 2) + epsilon.value[0]!);
  const r = 1 / rho;
  const y = d.map((v) => v * r);
  const size = over((i) => Math.abs(x.value[i]!) + x.error[i]!);

  const slope = (i: number, j: number) => r * ((i === j ? 1 : 0) - (centred ? 1 / n : 0) - (y[i]! * y[j]!) / n);
  const rounded = d.map((v, i) => (centred ? (n * sum + div + 1) * ulp * size + sum * ulp * (Math.abs(v) + x.error[i]!) + tiny : 0));
  const mean = centred ? over((i) => x.error[i]!) : 0;
  const moved = x.error.map((e, i) => (centred ? e + mean - (2 * e) / n : e) + rounded[i]!);
  const s = Math.sqrt(over((i) => moved[i]! ** 2));
  const least = Math.sqrt(epsilon.value[0]! * (1 - ulp));
  const low = Math.max(rho - s, least);
  const relative = ((n + 4) * sum) / 2 + 0.5 + sqrt + div + sum; // of r, in ulp
  const weighted = over((j) => Math.abs(y[j]!) * moved[j]!);
  const drift = Math.min(r * r * weighted + (s * s) / low ** 3, 1 / least);
  const dr = drift + relative * ulp * (r + drift) + tiny;

  const value = pointwise([n], (i) => {
    const carried = x.error.reduce((total, e, j) => total + Math.abs(slope(i, j)) * e, 0);
    const second = (moved[i]! * s) / low ** 2 + ((Math.abs(d[i]!) + moved[i]!) * s * s) / low ** 3;
    const own = r * (rounded[i]! + Math.abs(y[i]!) * over((j) => Math.abs(y[j]!) * rounded[j]!));
    const error = Math.min(carried + second + own, Math.abs(y[i]!) + Math.sqrt(n));
    return [y[i]!, error + (relative + sum) * ulp * (Math.abs(y[i]!) + error) + tiny * (1 + r)];
  });
  return {
    value,
    // However a machine goes back, it rounds terms as large as r, r/n and r·yᵢ·yⱼ/n, where it centres twice also r·mean|y|·yⱼ/n.
    slopes() {
      const e = value.error;
      const slant = centred ? over((j) => Math.abs(y[j]!)) : 0;
      const times = (2 * n + 8) * sum + 3 * (sqrt + div) + 2;
      return pointwise([n, n], (at) => {
        const [i, j] = [Math.floor(at / n), at % n];
        const inner = slope(i, j) * rho;
        const terms = (i === j ? 1 : 0) + (centred ? 1 / n : 0) + ((Math.abs(y[i]!) + slant) * Math.abs(y[j]!)) / n;
        const crossed = (Math.abs(y[i]!) * e[j]! + Math.abs(y[j]!) * e[i]! + e[i]! * e[j]!) / n;
        return [slope(i, j), dr * Math.abs(inner) + (r + dr) * (crossed + times * ulp * terms) + tiny];
      });
    },
  };
}
