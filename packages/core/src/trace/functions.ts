// Functions of one tensor, each an expression in the scalar operations there are.
import * as make from "../graph/make.ts";
import { checkDType, checkNumber } from "../arguments/checks.ts";
import type { DType } from "../backend.ts";
import { add, less, maximum, minimum, mul, neg, sub, unary, where } from "./arithmetic.ts";
import { checkTensor } from "./checkTensor.ts";
import { who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/** eˣ. */
export function exp(x: Tensor): Tensor {
  return unary("exp", x);
}
/** Natural logarithm; −∞ at 0, NaN below. */
export function log(x: Tensor): Tensor {
  return unary("log", x);
}
/** log(1 + x), exact also where x is so small that 1 + x is 1; −∞ at −1, NaN below. */
export function log1p(x: Tensor): Tensor {
  return unary("log1p", x);
}
/** eˣ − 1, exact also where x is so small that eˣ is 1. */
export function expm1(x: Tensor): Tensor {
  return unary("expm1", x);
}
/** Square root; NaN below 0. */
export function sqrt(x: Tensor): Tensor {
  return unary("sqrt", x);
}
/** Hyperbolic tangent. */
export function tanh(x: Tensor): Tensor {
  return unary("tanh", x);
}
/** The logistic function 1 / (1 + e⁻ˣ). */
export function sigmoid(x: Tensor): Tensor {
  return unary("sigmoid", x);
}
/** Sine of x in radians. For |x| ≤ 10,000 it is as exact as backends declare; beyond, where they may be any number from −1 to 1. NaN of ±∞. */
export function sin(x: Tensor): Tensor {
  return unary("sin", x);
}
/** Cosine of x in radians, likewise. */
export function cos(x: Tensor): Tensor {
  return unary("cos", x);
}
/** The error function 2/√π ∫₀ˣ e^−t² dt; ±1 at ±∞. */
export function erf(x: Tensor): Tensor {
  return unary("erf", x);
}
/** The largest whole number not above x. Its gradient is 0, as that of `ceil` and `round`. */
export function floor(x: Tensor): Tensor {
  return unary("floor", x);
}
/** The smallest whole number not below x. */
export function ceil(x: Tensor): Tensor {
  checkTensor("ceil", x);
  return neg(floor(neg(x)));
}
/** The nearest whole number; of two the even one, as numpy has it (not `Math.round`, which takes the upper). */
export function round(x: Tensor): Tensor {
  checkTensor("round", x);
  const low = floor(x),
    over = sub(x, low), // exact but just below 0, where −1 is odd and its half goes up as well
    isOdd = parity(low),
    isAbove = where(less(over, 0.5), 0, where(less(0.5, over), 1, isOdd));
  return where(less(0, over), add(low, isAbove), stopGradient(x)); // whole numbers and infinities as they are; NaN is above nothing
}
/** 1 of odd whole numbers, 0 of even ones. */
export function parity(whole: Tensor): Tensor {
  return sub(whole, mul(2, floor(mul(0.5, whole))));
}
/** max(x, 0); its gradient at 0 is 0. */
export function relu(x: Tensor): Tensor {
  return maximum(x, 0);
}
/** log(1 + eˣ), without overflow or cancellation: eˣ far below 0, x far above, also at both infinities. Its gradient is sigmoid(x). */
export function softplus(x: Tensor): Tensor {
  // −|x| as a minimum whose gradient at 0 goes to x: with relu's 0 there that makes ½.
  return add(relu(x), log1p(exp(minimum(neg(x), x))));
}
/** |x|; its gradient at 0 is 0. */
export function abs(x: Tensor): Tensor {
  return sub(maximum(x, 0), minimum(x, 0));
}
/** x². */
export function square(x: Tensor): Tensor {
  return mul(x, x);
}
/** x, but not below `low` and not above `high`; the gradient is 0 where it was clipped. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  checkTensor("clip", x);
  checkNumber(who("clip"), "low", low);
  checkNumber(who("clip"), "high", high);
  return minimum(maximum(x, low), high);
}
/**
 * x in another dtype. To i32 it loses its fraction; NaN becomes 0, and what lies beyond 32 bits the nearest number that does not. From i32 it is
 * exact up to 2²⁴. The gradient passes between floats only.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensor("cast", x);
  checkDType(who("cast"), "dtype", dtype);
  return x.dtype === dtype ? x : x.derive(make.copy(x.node, dtype), x.axes, x.name);
}
/** x, with no gradient passed on. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor("stopGradient", x);
  return x.derive(make.stop(x.node), x.axes, x.name);
}
