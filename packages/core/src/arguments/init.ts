// The ways in which a weight may start, by Keras 3's names.

/**
 * For a kernel [rows, columns], or [window, …, rows, columns] with the window's size as another factor of both, fan-in is rows and fan-out columns;
 * a vector is as long as both.
 *
 * - "glorotUniform", "glorotNormal": of variance 2 / (fan-in + fan-out) (Glorot & Bengio 2010), the default of kernels;
 *   "heUniform", "heNormal": 2 / fan-in, for relu (He et al. 2015); "lecunUniform", "lecunNormal": 1 / fan-in (LeCun et al. 1998). The normal ones are cut
 *   at two deviations and scaled up to the variance, as Keras's are; PyTorch's are not cut: `{ varianceScaling: { …, distribution: "untruncatedNormal" } }`;
 * - "orthogonal": orthonormal rows or columns, whichever are fewer (Saxe et al. 2014), or `gain` times that;
 * - "identity": 1 on the diagonal, or `gain` (Le et al. 2015); of a matrix;
 * - "zeros", "ones", or a constant;
 * - uniform in ±a or in [low, high); normal of a deviation; truncatedNormal, drawn again beyond two deviations. "randomUniform", "randomNormal" and
 *   "truncatedNormal" are these with Keras's 0.05;
 * - columns: equal blocks of the last axis, each in its own way.
 */
export type Init = PlainInit | { readonly columns: readonly Init[] };

/** Without blocks. */
export type PlainInit =
  | InitName
  | { readonly constant: number }
  | { readonly uniform: number | readonly [low: number, high: number] }
  | { readonly normal: number }
  | { readonly truncatedNormal: number }
  | { readonly varianceScaling: VarianceScaling }
  | { readonly orthogonal: number }
  | { readonly identity: number };

export const initNames = [
  "glorotUniform",
  "glorotNormal",
  "heUniform",
  "heNormal",
  "lecunUniform",
  "lecunNormal",
  "orthogonal",
  "identity",
  "zeros",
  "ones",
  "randomUniform",
  "randomNormal",
  "truncatedNormal",
] as const;

export type InitName = (typeof initNames)[number];

/** What a record of one says. */
export const initWays = {
  constant: true,
  uniform: true,
  normal: true,
  truncatedNormal: true,
  varianceScaling: true,
  orthogonal: true,
  identity: true,
} as const;

export type InitWay = keyof typeof initWays;

/** Variance scale / fan, whatever the distribution. */
export interface VarianceScaling {
  /** At least 0, default 1. */
  readonly scale?: number;
  /** Which fan: default "fanIn"; "fanAvg" is the mean of both. */
  readonly mode?: "fanIn" | "fanOut" | "fanAvg";
  /** Default "truncatedNormal". */
  readonly distribution?: "uniform" | "truncatedNormal" | "untruncatedNormal";
}
