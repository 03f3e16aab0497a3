// Numbers from a seed, for data too large for fast-check to draw and shrink one by one.

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
