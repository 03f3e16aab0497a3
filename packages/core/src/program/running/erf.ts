// The error function in float64, by the polynomials that its lowering takes as well.

/** Minimax (Remez's exchange in 160 bits): erf x = x + x·p(x²) for |x| ≤ 1, within 2⁻⁶² of erf x; the lowest power first. */
export const erfNear: readonly number[] = [
  0.1283791670955126, -0.3761263890318375, 0.11283791670954857, -0.026866170645072896, 0.005223977624780874, -0.0008548326978742523,
  0.00012055331036907019, -1.4925593506960294e-5, 1.6460972816494542e-6, -1.635002520123549e-7, 1.4657879606096233e-8,
  -1.1365664748682918e-9, 5.94525927602576e-11,
];

/** Likewise erf x = 1 − e^−x²·p((x − 2)/(x + 2)) for 1 ≤ x ≤ 6, within 2⁻⁶⁰; from 6 on it is 1. */
export const erfFar: readonly number[] = [
  0.25539567631050575, -0.4271858474139568, 0.2416581942424688, -0.07897858101641579, 0.0037328923985387166, 0.0069974617856644866,
  -0.0008471425904686329, -0.0009819764792140184, 4.353616077520381e-5, 0.00017428846916485457, 2.7623166300582503e-5,
  -2.6611535787653352e-5, -1.264414504416404e-5,
];

/** 2/√π ∫₀ˣ e^−t² dt. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (size < 1) return x + x * horner(erfNear, x * x);
  if (size > 6) return Math.sign(x);
  return Math.sign(x) * (1 - Math.exp(-x * x) * horner(erfFar, (size - 2) / (size + 2)));
}

function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((value, c) => value * x + c, 0);
}
