// Powers, of scalar operations that are there: products where the exponent is a small whole number, otherwise e^(y log x).
import { show } from "../arguments/show.ts";
import { SluiceError } from "../errors.ts";
import { div, equal, less, maximum, mul, neg, sub, where } from "./arithmetic.ts";
import { constant } from "./constants.ts";
import { abs, exp, floor, log, parity, sqrt } from "./functions.ts";
import { describe } from "./describe.ts";
import { broadcastTo } from "./movement.ts";
import { who } from "./scope.ts";
import { isTensor, type Operand, type Tensor } from "./tensor.ts";

/** Whole exponents up to here are products: at most twelve of them. */
const largestProduct = 64;

/**
 * xʸ, elementwise: x or y, or both, are tensors. A number y that is whole and at most 64 in size is a chain of products, ½ the square root; anything else
 * is e^(y log |x|), off by some |y log x| ulp. As C's pow: x⁰ = 1 of every x, a negative x with a whole y has the sign of its parity, and with any other y is
 * NaN; 0ʸ is 0 above y = 0 and ∞ below. Unlike it, 1^±∞ is NaN, and √ of −∞.
 * i32 is taken to whole powers of 0 … 64 alone. The gradients are y·x^(y−1) and xʸ·log x; at x = 0 the second is 0, and the first ±∞ for y below 1.
 */
export function pow(x: Operand, y: Operand): Tensor {
  if (typeof y === "number" && isTensor(x)) {
    if (y >= 0 && Number.isInteger(y) && y <= largestProduct) return product(x, y);
    checkFloat(x);
    if (Number.isInteger(y) && -y <= largestProduct && y < 0) return product(div(1, x), -y); // whose slope at 0 is ∞, where that of 1/x² would be ∞ · 0
    if (y === 0.5) return sqrt(x);
  }
  const [base, exponent] = tensors(x, y);
  checkFloat(base);
  checkFloat(exponent);
  return general(base, exponent);
}

/** Throws DTYPE_MISMATCH: logarithms of whole numbers are none. */
function checkFloat(x: Tensor): void {
  if (x.dtype !== "i32") return;
  throw new SluiceError({
    code: "DTYPE_MISMATCH",
    who: who("pow"),
    what: `pow of ${describe(x)}, which is i32, is a product for whole numbers y of 0 … ${largestProduct} alone`,
    fix: "cast(…) it to f32 or f64",
    facts: { dtype: x.dtype },
  });
}

/** By squaring; the first factor of all is left out. */
function product(x: Tensor, count: number): Tensor {
  if (count === 0) return broadcastTo(constant(1, [], x.dtype), x.shape);
  const half = count > 1 ? product(x, Math.floor(count / 2)) : undefined;
  if (half === undefined) return x;
  return count % 2 === 0 ? mul(half, half) : mul(mul(half, half), x);
}

/** What one of two branches computes must be a number where the other one is taken: 0 · NaN would be its gradient. Hence the ones. */
function general(x: Tensor, y: Tensor): Tensor {
  const isZero = equal(x, 0);
  const size = where(isZero, 1, abs(x));
  const power = where(mul(equal(y, 0), sub(1, less(size, Infinity))), 1, exp(mul(y, log(size))));
  const isWhole = equal(floor(y), y);
  const isOdd = equal(parity(y), 1);
  const signed = where(less(x, 0), where(isWhole, where(isOdd, neg(power), power), NaN), power);
  return where(isZero, ofZero(where(isZero, x, 1), y), signed);
}

/** 0ʸ with its slope in x: that of x for y = 1, of √x below, of 1/x below 0. */
function ofZero(x: Tensor, y: Tensor): Tensor {
  const zero = maximum(0, x); // not −0, whose inverse is −∞
  const isInverse = less(y, 0),
    isRoot = mul(less(0, y), less(y, 1));
  const inverse = div(1, where(isInverse, zero, 1)),
    root = sqrt(where(isRoot, zero, 1));
  const above = where(equal(y, 0), 1, where(equal(y, 1), x, where(equal(y, Infinity), 0, mul(0, y)))); // of NaN, NaN
  return where(isInverse, inverse, where(isRoot, root, above));
}

function tensors(x: Operand, y: Operand): [Tensor, Tensor] {
  const like = [x, y].find((operand) => isTensor(operand));
  if (like === undefined)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who: who("pow"),
      what: `pow needs a tensor, got ${show(x)} and ${show(y)}`,
      fix: "Make one operand a constant(…)",
    });
  const made = (operand: Operand): Tensor => (isTensor(operand) ? operand : constant(operand, [], like.dtype));
  return [made(x), made(y)];
}
