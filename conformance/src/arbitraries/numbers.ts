// Numbers from a seed, for data too large for fast-check to draw and shrink one by one.

import { count } from "../oracle/bounded.ts";
import { known, type Bounded } from "../oracle/index.ts";
import type { Float } from "../rounding.ts";
import type { Shaped } from "../tree.ts";

/** Numbers that are exact in `dtype`. */
export function randoms(next: () => number, dtype: Float) {
  const fit = dtype === "f32" ? Math.fround : (x: number) => x;
  const one = (low: number, high: number) => fit((next() < 0.5 ? -1 : 1) * (low + (high - low) * next()));
  const each = (shape: readonly number[], draw: () => number) => Float64Array.from({ length: count(shape) }, draw);
  const like =
    (low: number, high: number) =>
    ({ shape }: Shaped): Bounded =>
      known(
        shape,
        each(shape, () => one(low, high)),
      );
  return { fit, one, each, like };
}

/** Uniform numbers in [0, 1), the same ones for the same seed: xorshift32 (Marsaglia 2003) after scattering the seed. */
export function uniform(seed: number): () => number {
  let x = Math.imul(seed + 1, 0x9e3779b1) || 1; // 2³²/φ, odd: neighbouring seeds lie far apart
  const next = () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
  for (let warm = 0; warm < 4; warm++) next();
  return next;
}
