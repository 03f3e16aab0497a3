// How each scalar operation is made of others, never at the price of accuracy. The same instructions serve f32 and f64; constants are rounded to either.
import type { ScalarOp } from "../../backend.ts";
import { erfFar, erfNear } from "../running/erf.ts";

/** Appends one operation on earlier values, itself lowered; returns its position. */
export type Emit = (op: ScalarOp | number, ...operands: readonly number[]) => number;

/** How to make an operation of others: what it needs, and the instructions. `emit(3.5)` is a constant. */
export interface Recipe {
  readonly needs: readonly ScalarOp[];
  readonly make: (emit: Emit, x: number, y: number) => number;
}

/** Every operation, with its recipes in order of preference. Closed: a new operation does not compile without its row. */
export const recipes: { readonly [O in ScalarOp]: readonly Recipe[] } = {
  // −x = −1·x keeps the sign of zero; so does −0 − x.
  neg: [
    { needs: ["mul"], make: (emit, x) => emit("mul", emit(-1), x) },
    { needs: ["sub"], make: (emit, x) => emit("sub", emit(-0), x) },
  ],
  add: [{ needs: ["sub", "neg"], make: (emit, x, y) => emit("sub", x, emit("neg", y)) }],
  sub: [{ needs: ["add", "neg"], make: (emit, x, y) => emit("add", x, emit("neg", y)) }],
  max: [
    { needs: ["min", "neg"], make: (emit, x, y) => emit("neg", emit("min", emit("neg", x), emit("neg", y))) },
    { needs: ["less", "select", "add"], make: max },
  ],
  min: [{ needs: ["max", "neg"], make: (emit, x, y) => emit("neg", emit("max", emit("neg", x), emit("neg", y))) }],
  log1p: [{ needs: ["log", "add", "sub", "mul", "div", "less", "select"], make: log1p }],
  expm1: [{ needs: ["exp", "log", "sub", "mul", "div", "less", "select"], make: expm1 }],
  sqrt: [{ needs: ["exp", "log", "add", "mul", "div", "less", "select"], make: sqrt }],
  tanh: [{ needs: ["exp", "neg", "add", "sub", "mul", "div", "max", "less", "select"], make: tanh }],
  sigmoid: [{ needs: ["exp", "neg", "add", "mul", "div", "max", "less", "select"], make: sigmoid }],
  sin: [{ needs: ["floor", "neg", "add", "sub", "mul", "max", "min", "select"], make: sin }],
  cos: [{ needs: ["floor", "neg", "add", "sub", "mul", "max", "min", "select"], make: cos }],
  erf: [{ needs: ["exp", "neg", "add", "sub", "mul", "div", "max", "min", "less", "select"], make: erf }],
  floor: [],
  exp: [],
  log: [],
  mul: [],
  div: [],
  less: [],
  select: [],
};

/** Zeros that are equal give their sum, which is −0 only if both are. A NaN in x passes by itself, as no comparison holds; all numbers y are below 1 or above 0. */
function max(emit: Emit, x: number, y: number): number {
  const equal = emit("select", x, x, emit("add", x, y));
  const value = emit("select", emit("less", x, y), y, emit("select", emit("less", y, x), x, equal));
  return emit("select", emit("add", emit("less", y, emit(1)), emit("less", emit(0), y)), value, y);
}

/**
 * With u = 1 + x as it is rounded, log u·(x/(u − 1)): what rounding took from u is missing in both log u and u − 1, nearly in proportion (Kahan;
 * Goldberg 1991, theorem 4). Where u is 1 it is x; where there is no number between, at −1 and at ∞, it is log u.
 */
function log1p(emit: Emit, x: number): number {
  const one = emit(1);
  const u = emit("add", one, x);
  const [far, distance] = [emit("log", u), emit("sub", u, one)];
  const near = emit("select", distance, emit("mul", far, emit("div", x, distance)), x);
  return emit("select", emit("mul", emit("less", emit(-1), x), emit("less", x, emit(Infinity))), near, far);
}

/** Likewise with u = e^x: (u − 1)·x / log u; x where u is 1, u − 1 where that is −1, or where log u is of no help. */
function expm1(emit: Emit, x: number): number {
  const u = emit("exp", x);
  const distance = emit("sub", u, emit(1));
  const near = emit("select", distance, emit("div", emit("mul", distance, x), emit("log", u)), x);
  return emit("select", emit("mul", emit("less", emit(-30), x), emit("less", x, emit(30))), near, distance);
}

/** e^(½ log x), then one step of Heron's method, which squares its relative error; 0, ∞, NaN and negative numbers are right without it. */
function sqrt(emit: Emit, x: number): number {
  const half = emit(0.5);
  const guess = emit("exp", emit("mul", half, emit("log", x)));
  const better = emit("mul", half, emit("add", guess, emit("div", x, guess)));
  return emit("select", emit("less", emit(0), x), emit("select", emit("less", x, emit(Infinity)), better, guess), guess);
}

// The ninth convergent of tanh x = x/(1 + x²/(3 + x²/(5 + …))) (Lambert 1768), divided by 34459425: relative error below 1e-18 for |x| < ½.
const above = [4729725, 135135, 990, 1].map((c) => c / 34459425);
const below = [16216200, 945945, 13860, 45].map((c) => c / 34459425);

/** (1 − e)/(1 + e) with e = e^(−2|x|), which never overflows but loses digits near 0; there Lambert's fraction. */
function tanh(emit: Emit, x: number): number {
  const one = emit(1);
  const negative = emit("neg", x);
  const size = emit("max", x, negative);
  const e = emit("exp", emit("mul", emit(-2), size));
  const far = emit("div", emit("sub", one, e), emit("add", one, e));
  const square = emit("mul", x, x);
  const series = (coefficients: readonly number[]): number => emit("add", one, emit("mul", square, horner(emit, coefficients, square)));
  const near = emit("mul", x, emit("div", series(above), series(below)));
  return emit("select", emit("less", size, emit(0.5)), near, emit("select", emit("less", x, emit(0)), emit("neg", far), far));
}

/** With e = e^(−|x|): 1/(1 + e) from 0 up, e/(1 + e) below, which keeps its digits down to the smallest numbers. */
function sigmoid(emit: Emit, x: number): number {
  const one = emit(1);
  const e = emit("exp", emit("neg", emit("max", x, emit("neg", x))));
  return emit("div", emit("select", emit("less", x, emit(0)), e, one), emit("add", one, e));
}

/** With r = x − k·½π the smallest there is: sin r, cos r, −sin r or −cos r, as k goes round. */
function sin(emit: Emit, x: number): number {
  const k = quarters(emit, x);
  return turned(emit, rest(emit, x, k), k);
}

/** A quarter ahead. */
function cos(emit: Emit, x: number): number {
  const k = quarters(emit, x);
  return turned(emit, rest(emit, x, k), emit("add", k, emit(1)));
}

/** The k that is nearest to x/½π. */
function quarters(emit: Emit, x: number): number {
  return emit("floor", emit("add", emit("mul", x, emit(2 / Math.PI)), emit(0.5)));
}

// ½π in parts (Cody & Waite 1980). The first four have 11 bits: below 8,192, multiples of them are exact in float32, as those of the fifth are in float64.
const parts = [
  1.5703125, 0.00048351287841796875, 3.1385570764541626e-7, 6.070877134334296e-11, 6.223371969669989e-14, 2.0222662487959506e-21,
];

/** x − k·½π, from −1 to 1 also where k is too large for it to have any digits; NaN of infinities. */
function rest(emit: Emit, x: number, k: number): number {
  const r = parts.reduce((left, part) => emit("sub", left, emit("mul", k, emit(part))), x);
  return emit("min", emit("max", r, emit(-1)), emit(1));
}

// sin r = r + r³·(−1/3! + r²/5! − …) and cos r = 1 + r²·(−1/2! + r²/4! − …); for |r| ≤ ¼π less than 2⁻⁵⁸ is left of either.
const taylor = (first: number): number[] => Array.from({ length: 8 }, (_, n) => (-1) ** (n + 1) / factorial(2 * n + first));
const [sines, cosines] = [taylor(3), taylor(2)];

/** The sine of r and k quarters. */
function turned(emit: Emit, r: number, k: number): number {
  const [half, square] = [emit(0.5), emit("mul", r, r)];
  const sine = emit("add", r, emit("mul", r, emit("mul", square, horner(emit, sines, square))));
  const cosine = emit("add", emit(1), emit("mul", square, horner(emit, cosines, square)));
  const pairs = emit("floor", emit("mul", half, k));
  const isOdd = (n: number, halved: number): number => emit("sub", n, emit("add", halved, halved));
  const value = emit("select", isOdd(k, pairs), cosine, emit("select", r, sine, r)); // −0 stays
  return emit("select", isOdd(pairs, emit("floor", emit("mul", half, pairs))), emit("neg", value), value);
}

/** 1 − e^−x²·p up to 6, from where on it is 1, and below 1 x + x·p(x²). */
function erf(emit: Emit, x: number): number {
  const [one, two] = [emit(1), emit(2)];
  const size = emit("min", emit("max", x, emit("neg", x)), emit(6));
  const square = emit("mul", size, size);
  const near = emit("add", x, emit("mul", x, horner(emit, erfNear, square)));
  const tail = horner(emit, erfFar, emit("div", emit("sub", size, two), emit("add", size, two)));
  const far = emit("sub", one, emit("mul", emit("exp", emit("neg", square)), tail));
  return emit("select", emit("less", size, one), near, emit("select", emit("less", x, emit(0)), emit("neg", far), far));
}

/** Σ cₖ xᵏ. */
function horner(emit: Emit, coefficients: readonly number[], x: number): number {
  return coefficients.slice(0, -1).reduceRight((sum, c) => emit("add", emit(c), emit("mul", x, sum)), emit(coefficients.at(-1) ?? 0));
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
