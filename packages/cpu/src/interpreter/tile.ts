// The inner loops of the product: sums that stay in the processor's registers over the whole contraction. Kept as tables, a tile row a line.

// oxfmt-ignore
/** sums[4i + j] += Σ a[left + 4k + i]·b[4k + j] for k < depth. */
export function dot4x4(a: Float64Array, left: number, b: Float64Array, depth: number, sums: Float64Array): void {
  let s00 = sums[0]!, s01 = sums[1]!, s02 = sums[2]!, s03 = sums[3]!;
  let s10 = sums[4]!, s11 = sums[5]!, s12 = sums[6]!, s13 = sums[7]!;
  let s20 = sums[8]!, s21 = sums[9]!, s22 = sums[10]!, s23 = sums[11]!;
  let s30 = sums[12]!, s31 = sums[13]!, s32 = sums[14]!, s33 = sums[15]!;
  for (let k = 0, p = left, q = 0; k < depth; k++, p += 4, q += 4) {
    const a0 = a[p]!, a1 = a[p + 1]!, a2 = a[p + 2]!, a3 = a[p + 3]!;
    const b0 = b[q]!, b1 = b[q + 1]!, b2 = b[q + 2]!, b3 = b[q + 3]!;
    s00 += a0 * b0; s01 += a0 * b1; s02 += a0 * b2; s03 += a0 * b3;
    s10 += a1 * b0; s11 += a1 * b1; s12 += a1 * b2; s13 += a1 * b3;
    s20 += a2 * b0; s21 += a2 * b1; s22 += a2 * b2; s23 += a2 * b3;
    s30 += a3 * b0; s31 += a3 * b1; s32 += a3 * b2; s33 += a3 * b3;
  }
  sums[0] = s00; sums[1] = s01; sums[2] = s02; sums[3] = s03;
  sums[4] = s10; sums[5] = s11; sums[6] = s12; sums[7] = s13;
  sums[8] = s20; sums[9] = s21; sums[10] = s22; sums[11] = s23;
  sums[12] = s30; sums[13] = s31; sums[14] = s32; sums[15] = s33;
}

// oxfmt-ignore
/** sums[j] += Σ a[left + 4k]·b[4k + j] for k < depth: the first row of a tile whose others are not wanted. */
export function dot1x4(a: Float64Array, left: number, b: Float64Array, depth: number, sums: Float64Array): void {
  let s0 = sums[0]!, s1 = sums[1]!, s2 = sums[2]!, s3 = sums[3]!;
  for (let k = 0, p = left, q = 0; k < depth; k++, p += 4, q += 4) {
    const a0 = a[p]!;
    s0 += a0 * b[q]!; s1 += a0 * b[q + 1]!; s2 += a0 * b[q + 2]!; s3 += a0 * b[q + 3]!;
  }
  sums[0] = s0; sums[1] = s1; sums[2] = s2; sums[3] = s3;
}
