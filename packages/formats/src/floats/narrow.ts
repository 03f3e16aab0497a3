// Floating types of 16 and 8 bits: widened without loss, narrowed to the nearest, ties to even (IEEE 754, section 4.3.1).

/** sign, `exponent` bits, `mantissa` bits. */
export interface Narrow {
  readonly exponent: number;
  readonly mantissa: number;
  /** Whether the largest exponent stands for ±∞ and NaN, as in IEEE 754; otherwise all bits set are NaN, and it has no ∞. */
  readonly hasInfinity: boolean;
}

export const f16: Narrow = { exponent: 5, mantissa: 10, hasInfinity: true };
/** The upper half of f32. */
export const bf16: Narrow = { exponent: 8, mantissa: 7, hasInfinity: true };
/** E4M3FN and E5M2 of Micikevicius et al. 2022. */
export const f8E4M3: Narrow = { exponent: 4, mantissa: 3, hasInfinity: false };
export const f8E5M2: Narrow = { exponent: 5, mantissa: 2, hasInfinity: true };

/** What `code` stands for. */
export function widened(code: number, { exponent, mantissa, hasInfinity }: Narrow): number {
  const sign = code >>> (exponent + mantissa) === 0 ? 1 : -1,
    top = 2 ** exponent - 1,
    fraction = code & (2 ** mantissa - 1),
    power = (code >>> mantissa) & top,
    bias = 2 ** (exponent - 1) - 1;
  if (power === top && hasInfinity) return fraction === 0 ? sign * Infinity : NaN;
  if (power === top && fraction === 2 ** mantissa - 1) return NaN;
  // The smallest exponent has no leading 1.
  return power === 0 ? sign * fraction * 2 ** (1 - bias - mantissa) : sign * (2 ** mantissa + fraction) * 2 ** (power - bias - mantissa);
}

/** A number and its halves, the second with sign and exponent: machines of today are little-endian, as the format is. */
const [value, halves] = shared();

function shared(): readonly [Float64Array, Uint32Array] {
  const memory = new ArrayBuffer(8);
  return [new Float64Array(memory), new Uint32Array(memory)];
}

/**
 * The code nearest to x, ties to even, of a type that has infinities: a number beyond the largest becomes one, and a NaN the quiet one.
 *
 * Powers of two are made of their bits: by `2 **` it takes two to three times as long.
 */
export function narrowed(x: number, { exponent, mantissa }: Narrow): number {
  value[0] = x;
  const high = halves[1] ?? 0,
    bias = 2 ** (exponent - 1) - 1,
    sign = (high >>> 31) << (exponent + mantissa),
    infinity = ((1 << exponent) - 1) << mantissa;
  if (x !== x) return infinity | (1 << (mantissa - 1));
  const power = Math.max((high >>> 20) & 0x7ff, 1024 - bias) - 1023; // of the leading 1; at least the smallest there is
  if (power > bias) return sign | infinity;
  halves[0] = 0;
  halves[1] = (1023 + mantissa - power) << 20;
  const units = toEven(Math.abs(x) * value[0]); // exact: a power of two
  // With the leading 1 among them; what carries over goes into the exponent, and from the largest into ∞.
  return sign | (((power + bias - 1) << mantissa) + units);
}

function toEven(x: number): number {
  const below = Math.floor(x),
    rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
