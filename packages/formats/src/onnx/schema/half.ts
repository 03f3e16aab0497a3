// Floats of 16 bits as those of 32 that are equal to them.

/** IEEE 754 binary16: sign, 5 bits of exponent biased by 15, 10 bits of fraction. */
export function widenHalf(bits: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return Float32Array.from(bits, (half) => {
    const sign = (half & 0x8000) === 0 ? 1 : -1,
      exponent = (half >> 10) & 0x1f,
      fraction = half & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
  });
}

/** bfloat16: the upper half of a binary32. */
export function widenBrain(bits: ArrayLike<number>): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint32Array.from(bits, (upper) => (upper & 0xffff) << 16).buffer);
}
