// sin and cos of four float32 lanes, as functions.ts has the others. For |x| ≤ 10,000 their largest errors in ulp of the exact result
// are 2.4112 and 2.3823 (`npm run accuracy`); beyond they are numbers from −1 to 1.
import { f32x4, get, i32x4, set, v128 } from "../wasm/index.ts";
import { type Function4, polynomial, round } from "./functions.ts";

const { add, sub, mul, abs, pmin, pmax } = f32x4;

/** ½π in parts: the first four have 11 bits, so that their products with whole numbers below 8,192 are exact (Cody & Waite 1980). */
const parts = [1.5703125, 0.00048351287841796875, 3.1385570764541626e-7, 6.070877134334296e-11, 6.223372171896613e-14];

/** sin r = r + r³·(−1/3! + r²/5! − …) and cos r = 1 + r²·(−1/2! + r²/4! − …): for |r| ≤ ¼π less than 2⁻²⁸ is left of either. */
const sines = [-1 / 6, 1 / 120, -1 / 5040, 1 / 362880];
const cosines = [-1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800];

/** With k the nearest to x/½π and r = x − k·½π: sin r, cos r, −sin r or −cos r, as k goes round. */
export const sin: Function4 = turned(0);
/** A quarter ahead. */
export const cos: Function4 = turned(1);

function turned(ahead: 0 | 1): Function4 {
  return (lanes, x) => {
    const { constant, integer } = lanes;
    const [c, k, n, r, z, s] = lanes.scratch();
    return [
      set(c, x),
      set(k, add(mul(get(c), constant(2 / Math.PI)), constant(round))),
      set(n, sub(get(k), constant(round))),
      set(
        r,
        parts.reduce((rest, part) => sub(rest, mul(get(n), constant(part))), get(c)),
      ),
      set(r, pmin(pmax(get(r), constant(-1)), constant(1))),
      set(z, mul(get(r), get(r))),
      // The sign of r is taken away and put back, so that −0 stays.
      set(s, abs(get(r))),
      set(s, add(get(s), mul(get(s), mul(get(z), polynomial(lanes, sines, z))))),
      set(s, v128.or(get(s), v128.and(get(r), integer(-(2 ** 31))))),
      set(c, add(constant(1), mul(get(z), polynomial(lanes, cosines, z)))),
      ahead === 0 ? [] : set(k, i32x4.add(get(k), integer(1))),
      v128.xor(v128.select(get(c), get(s), i32x4.shr(i32x4.shl(get(k), 31), 31)), v128.and(i32x4.shl(get(k), 30), integer(-(2 ** 31)))),
    ];
  };
}
