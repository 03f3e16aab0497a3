// exp, expm1, log, log1p, tanh and sigmoid of four float32 lanes, without branches and without fused operations, so that every machine gives the same bits.
// Largest errors over all float32, in ulp of the exact result: exp 0.9967, log 0.8217, log1p 0.8486, expm1 1.6406, tanh 1.9873, sigmoid 1.7488 (`npm run accuracy`; the
// coefficients come from scripts/fit.mjs). Infinities, NaN, signed zeros and denormals are right on both sides.
import { type Code, type Local, f32x4, get, i32x4, set, v128 } from "../wasm/index.ts";
import type { Lanes } from "./lanes.ts";

const { add, sub, mul, div, abs, sqrt, pmin, pmax } = f32x4;

/** A function of four lanes, as code: it takes the code of its operand and leaves the result. */
export type Function4 = (lanes: Lanes, x: Code) => Code;

/** 1.5·2²³: adding it rounds to whole numbers, which then stand in the low bits. */
export const round = 12582912;
/** ln 2 in two parts: the first has 9 bits, so that its products with exponents are exact (Cody & Waite 1980). */
const ln2 = { high: 0.693359375, low: -2.1219444005469057e-4 };

/** e^x = 2ⁿ·e^−u with u = n·ln 2 − x; the power is taken in two halves, so that it underflows gradually. */
export const exp: Function4 = (lanes, x) => {
  const { constant } = lanes;
  const [c, t, n, u] = lanes.scratch();
  return [
    set(c, pmin(pmax(x, constant(-105)), constant(89))),
    set(t, add(mul(get(c), constant(Math.LOG2E)), constant(round + 254))),
    set(n, sub(get(t), constant(round + 254))),
    set(u, add(sub(mul(get(n), constant(ln2.high)), get(c)), mul(get(n), constant(ln2.low)))),
    set(n, i32x4.shr(get(t), 1)),
    mul(mul(sub(constant(1), complement(lanes, u, c)), i32x4.shl(get(n), 23)), i32x4.shl(i32x4.sub(get(t), get(n)), 23)),
  ];
};

/** e^x − 1 = ((2ʰ − 2ʰ⁻ⁿ) − 2ʰ·w)·2ⁿ⁻ʰ with e^−u = 1 − w as in `exp`: where n is 0, −w alone. x with its sign where that is 0. */
export const expm1: Function4 = (lanes, x) => {
  const { constant, integer } = lanes;
  const [c, t, n, u, s, w] = lanes.scratch();
  return [
    set(s, x),
    set(c, pmin(pmax(get(s), constant(-20)), constant(89))),
    set(w, v128.and(get(s), integer(-(2 ** 31)))),
    set(t, add(mul(get(c), constant(Math.LOG2E)), constant(round + 254))),
    set(n, sub(get(t), constant(round + 254))),
    set(u, add(sub(mul(get(n), constant(ln2.high)), get(c)), mul(get(n), constant(ln2.low)))),
    set(n, i32x4.shr(get(t), 1)),
    set(t, i32x4.shl(i32x4.sub(get(t), get(n)), 23)),
    set(s, i32x4.shl(get(n), 23)),
    set(n, sub(get(s), i32x4.sub(integer(254 * 2 ** 23), get(t)))),
    v128.or(mul(sub(get(n), mul(get(s), complement(lanes, u, c))), get(t)), get(w)),
  ];
};

/** tanh |x| = (1 − e)/(1 + e) with e = e^−2|x| = s·(1 − w), both differences taken from the exact s ± 1. */
export const tanh: Function4 = (lanes, x) => {
  const { constant, integer } = lanes;
  const [c, t, u, s, w, v] = lanes.scratch();
  return [
    set(c, x),
    set(v, abs(get(c))),
    set(v, pmin(add(get(v), get(v)), constant(20))),
    set(t, add(mul(get(v), constant(-Math.LOG2E)), constant(round + 127))),
    set(u, add(get(v), mul(sub(get(t), constant(round + 127)), constant(Math.LN2)))),
    set(s, i32x4.shl(get(t), 23)),
    set(w, mul(get(s), complement(lanes, u, v))),
    v128.or(div(sub(get(w), sub(get(s), constant(1))), sub(add(get(s), constant(1)), get(w))), v128.and(get(c), integer(-(2 ** 31)))),
  ];
};

/** 1 − e^−u = u − u²·p(u) for |u| ≤ ½ ln 2, within 2^−27 of e^−u. `free` is a local to use. */
function complement({ constant }: Lanes, u: Local, free: Local): Code {
  const [a, b, c, d, e] = [0.4999999403953552, -0.1666651964187622, 0.041668232530355453, -0.008368606679141521, 0.0013817367143929005];
  const low = add(constant(a), mul(get(u), constant(b)));
  const high = add(add(constant(c), mul(get(u), constant(d))), mul(get(free), constant(e)));
  return [set(free, mul(get(u), get(u))), sub(get(u), mul(get(free), add(low, mul(get(free), high))))];
}

/**
 * 1/(1 + e^−x) = 1/((1 + s) − s·w) with e^−x = s·(1 − w), and with what rounding loses of 1 + s.
 * 2^−64 on both sides of the quotient lets it underflow gradually.
 */
export const sigmoid: Function4 = (lanes, x) => {
  const { constant } = lanes;
  const [c, t, n, u, s] = lanes.scratch();
  return [
    set(c, pmin(pmax(x, constant(-106)), constant(20))),
    set(t, add(mul(get(c), constant(-Math.LOG2E)), constant(round + 63))),
    set(n, sub(get(t), constant(round + 63))),
    set(u, add(add(get(c), mul(get(n), constant(ln2.high))), mul(get(n), constant(ln2.low)))),
    set(s, i32x4.shl(get(t), 23)),
    set(t, add(get(s), constant(2 ** -64))),
    set(n, sub(sub(get(t), get(s)), constant(2 ** -64))),
    div(constant(2 ** -64), sub(get(t), add(mul(get(s), complement(lanes, u, c)), get(n)))),
  ];
};

/** log x = e·ln 2 + log(1 + f) with √½ ≤ 1 + f < √2. */
export const log: Function4 = (lanes, x) => {
  const { constant, integer } = lanes;
  const [c, m, e, f, w, tiny] = lanes.scratch();
  return [
    set(c, x),
    // Denormals are made normal by 2²³, and their exponent smaller by 23.
    set(tiny, f32x4.lt(get(c), constant(2 ** -126))),
    set(m, v128.select(mul(get(c), constant(2 ** 23)), get(c), get(tiny))),
    set(e, i32x4.shr(i32x4.sub(get(m), integer(root)), 23)),
    set(f, sub(i32x4.sub(get(m), i32x4.shl(get(e), 23)), constant(1))),
    set(e, sub(f32x4.convert(get(e)), v128.and(get(tiny), constant(23)))),
    set(w, mul(get(f), get(f))),
    set(m, add(mul(mul(get(f), get(w)), cubic(lanes, f)), mul(get(e), constant(ln2.low)))),
    set(m, add(get(f), sub(get(m), mul(get(w), constant(0.5))))),
    orSpecial(lanes, add(get(m), mul(get(e), constant(ln2.high))), c),
  ];
};

/**
 * log(1 + x) as the logarithm of u, which is 1 + x rounded, and of 1 + c/u, which is c/u, with c = x − (u − 1): what rounding took. Its sign is
 * that of x.
 */
export const log1p: Function4 = (lanes, x) => {
  const { constant, integer } = lanes;
  const [c, m, e, f, w, u] = lanes.scratch();
  return [
    set(c, x),
    set(u, add(get(c), constant(1))),
    set(e, i32x4.shr(i32x4.sub(get(u), integer(root)), 23)),
    set(f, sub(i32x4.sub(get(u), i32x4.shl(get(e), 23)), constant(1))),
    set(e, f32x4.convert(get(e))),
    set(w, mul(get(f), get(f))),
    set(m, add(mul(mul(get(f), get(w)), cubic(lanes, f)), mul(get(e), constant(ln2.low)))),
    set(m, add(get(m), div(sub(get(c), sub(get(u), constant(1))), get(u)))),
    set(m, add(get(f), sub(get(m), mul(get(w), constant(0.5))))),
    v128.or(orSpecial(lanes, add(get(m), mul(get(e), constant(ln2.high))), u), v128.and(get(c), integer(-(2 ** 31)))),
  ];
};

/** The bits of √½. */
const root = 0x3f3504f3;

/** p(f) in log(1 + f) = f − ½f² + f³·p(f) for √½ ≤ 1 + f < √2. */
function cubic(lanes: Lanes, f: Local): Code {
  const p = [
    0.3333331346511841, -0.25000008940696716, 0.2000207155942917, -0.16667988896369934, 0.14220359921455383, -0.12406239658594131,
    0.11883537471294403, -0.11670024693012238, 0.06749189645051956,
  ];
  return polynomial(lanes, p, f);
}

/** Σ cₖ xᵏ, by Horner's rule. */
export function polynomial({ constant }: Lanes, coefficients: readonly number[], x: Local): Code {
  return coefficients.slice(0, -1).reduceRight<Code>((sum, c) => add(mul(sum, get(x)), constant(c)), constant(coefficients.at(-1) ?? 0));
}

/** `value`, but −∞ where x is 0; of negative numbers, ∞ and NaN the square root is the logarithm. */
function orSpecial({ constant }: Lanes, value: Code, x: Local): Code {
  return v128.select(
    value,
    v128.select(constant(-Infinity), sqrt(get(x)), f32x4.eq(get(x), constant(0))),
    v128.and(f32x4.gt(get(x), constant(0)), f32x4.lt(get(x), constant(Infinity))),
  );
}
