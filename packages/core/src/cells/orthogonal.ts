// Orthonormal vectors out of any: QR by blocks, on the host.

/** As many vectors as registers hold partial products of. */
const block = 4;
/** A vector that lost more than this of its length to the ones before is made orthogonal to them once more. */
const enough = 0.25;

/**
 * Makes the rows of `rows` [count, length] orthonormal in place, each from itself and those before it: Qᵀ of the QR decomposition of the
 * transpose whose R has a positive diagonal, which is unique. Of normal vectors the result is Haar distributed (Mezzadri 2007).
 *
 * Gram & Schmidt by blocks: each block, once orthonormal, is taken out of all rows after it, two of them at a time, while it lies in the
 * cache. Between blocks that is the modified method, which loses orthogonality as the condition; a row that gets short is projected twice,
 * which is enough (Giraud et al. 2005). 2·count²·length operations.
 */
export function orthonormalise(rows: Float64Array, count: number, length: number): void {
  const all = Array.from({ length: count }, (_, i) => rows.subarray(i * length, (i + 1) * length)),
    before = all.map(norm),
    row = (i: number): Float64Array => all[i]!;
  for (let first = 0; first < count; first += block) {
    const next = Math.min(first + block, count);
    for (let i = first; i < next; i++) {
      const own = row(i);
      for (let k = first; k < i; k++) takeOut(row(k), own);
      if (norm(own) < enough * before[i]!) for (let k = 0; k < i; k++) takeOut(row(k), own);
      for (let k = first; k < i; k++) takeOut(row(k), own);
      const scale = 1 / norm(own);
      for (let x = 0; x < length; x++) own[x]! *= scale;
    }
    let i = next;
    if (next - first === block)
      for (; i + 1 < count; i += 2) takeOutBlock(row(first), row(first + 1), row(first + 2), row(first + 3), row(i), row(i + 1));
    for (; i < count; i++) for (let k = first; k < next; k++) takeOut(row(k), row(i));
  }
}

function norm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
}

/** x − (q·x)q */
function takeOut(q: Float64Array, x: Float64Array): void {
  let c = 0;
  for (let i = 0; i < x.length; i++) c += q[i]! * x[i]!;
  for (let i = 0; i < x.length; i++) x[i]! -= c * q[i]!;
}

/** The same of four rows q and two rows x and y: eight products per six numbers that are read. */
function takeOutBlock(q0: Float64Array, q1: Float64Array, q2: Float64Array, q3: Float64Array, x: Float64Array, y: Float64Array): void {
  let [a0, a1, a2, a3, b0, b1, b2, b3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const a = x[i]!,
      b = y[i]!;
    a0 += q0[i]! * a;
    a1 += q1[i]! * a;
    a2 += q2[i]! * a;
    a3 += q3[i]! * a;
    b0 += q0[i]! * b;
    b1 += q1[i]! * b;
    b2 += q2[i]! * b;
    b3 += q3[i]! * b;
  }
  for (let i = 0; i < x.length; i++) {
    x[i]! -= a0 * q0[i]! + a1 * q1[i]! + a2 * q2[i]! + a3 * q3[i]!;
    y[i]! -= b0 * q0[i]! + b1 * q1[i]! + b2 * q2[i]! + b3 * q3[i]!;
  }
}
