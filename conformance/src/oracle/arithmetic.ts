// Float64 arithmetic in which every number carries a bound of what rounding may do to it on a machine of stated accuracy:
// running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. 2002, §3.3), with sums bounded for
// every order of their terms (§4.2), since backends order them as they like. It knows nothing of cells.
import { count, type Bounded } from "./bounded.ts";

/** How a machine rounds. `ulp` is the distance from 1 to the next number; the operations are accurate to so many of it. */
export interface Rounding {
  readonly ulp: number;
  /** Absolute error of any result: the smallest number that is not flushed to zero. */
  readonly tiny: number;
  readonly sum: number;
  readonly sigmoid: number;
  readonly tanh: number;
}

type Product = readonly [x: Bounded, w: Bounded];

/** The operations that cells are written in. Vectors are [n], matrices [n, m]; pointwise ones take any one shape. */
export interface Arithmetic {
  /** Σ terms + Σ x·W */
  affine(terms: readonly Bounded[], ...products: readonly Product[]): Bounded;
  /** Σ terms + Σ d·Wᵀ */
  affineT(terms: readonly Bounded[], ...products: readonly Product[]): Bounded;
  /** xᵀ·d */
  outer(x: Bounded, d: Bounded): Bounded;
  plus(...terms: readonly [Bounded, ...Bounded[]]): Bounded;
  minus(x: Bounded, y: Bounded): Bounded;
  times(...factors: readonly [Bounded, ...Bounded[]]): Bounded;
  /** 1 − x */
  complement(x: Bounded): Bounded;
  sigmoid(x: Bounded): Bounded;
  tanh(x: Bounded): Bounded;
  relu(x: Bounded): Bounded;
  /** y·(1 − y), the slope of sigmoid where its value is y. */
  sigmoidSlope(y: Bounded): Bounded;
  /** 1 − y², the slope of tanh where its value is y. */
  tanhSlope(y: Bounded): Bounded;
  /** The slope of relu at x: 1 where x > 0, otherwise 0. Where rounding could tip it, either will do. */
  reluSlope(x: Bounded): Bounded;
}

export function arithmetic(rounding: Rounding): Arithmetic {
  const { ulp, tiny } = rounding;
  const unit = rounding.sum * ulp;
  const rounded = (value: number, ulps: number) => ulps * ulp * Math.abs(value) + tiny;

  /** Per element the sum of what `visit` adds. n roundings in any order err by at most γₙ·Σ|terms|, γₙ = n·u / (1 − n·u). */
  const total = (shape: readonly number[], visit: (at: number, add: (value: number, error: number) => void) => void): Bounded =>
    pointwise(shape, (at) => {
      let [value, error, magnitude, n] = [0, 0, 0, 0];
      visit(at, (v, e) => {
        value += v;
        error += e;
        magnitude += Math.abs(v) + e;
        n++;
      });
      return [value, error + ((n * unit) / (1 - n * unit)) * magnitude + n * tiny];
    });
  const contract = (
    width: number,
    terms: readonly Bounded[],
    products: readonly Product[],
    at: (k: number, j: number, w: Bounded) => number,
  ) =>
    total([width], (j, add) => {
      for (const t of terms) add(t.value[j]!, t.error[j]!);
      for (const [x, w] of products)
        for (let k = 0; k < x.value.length; k++) {
          const p = at(k, j, w);
          add(x.value[k]! * w.value[p]!, spread(x.value[k]!, x.error[k]!, w.value[p]!, w.error[p]!));
        }
    });

  const ops: Arithmetic = {
    affine: (terms, ...products) =>
      contract(terms[0]?.shape[0] ?? products[0]![1].shape[1]!, terms, products, (k, j, w) => k * w.shape[1]! + j),
    affineT: (terms, ...products) =>
      contract(terms[0]?.shape[0] ?? products[0]![1].shape[0]!, terms, products, (k, j, w) => j * w.shape[1]! + k),
    outer: (x, d) => {
      const m = d.value.length;
      return total([x.value.length, m], (at, add) => {
        const [i, j] = [Math.floor(at / m), at % m];
        add(x.value[i]! * d.value[j]!, spread(x.value[i]!, x.error[i]!, d.value[j]!, d.error[j]!));
      });
    },
    plus: (...terms) =>
      total(terms[0].shape, (at, add) => {
        for (const t of terms) add(t.value[at]!, t.error[at]!);
      }),
    minus: (x, y) =>
      total(x.shape, (at, add) => {
        add(x.value[at]!, x.error[at]!);
        add(-y.value[at]!, y.error[at]!);
      }),
    times: (...factors) =>
      pointwise(factors[0].shape, (at) => {
        let [value, error] = [1, 0];
        for (const f of factors) {
          error = spread(value, error, f.value[at]!, f.error[at]!);
          value *= f.value[at]!;
        }
        return [value, error + (factors.length - 1) * rounded(Math.abs(value) + error, rounding.sum)];
      }),
    complement: (x) => pointwise(x.shape, (at) => [1 - x.value[at]!, x.error[at]! + rounded(1 - x.value[at]!, rounding.sum)]),
    // A smooth function spreads an error by at most its steepest slope within it; both are steepest at 0.
    sigmoid: (x) =>
      pointwise(x.shape, (at) => {
        const y = logistic(x.value[at]!);
        const near = logistic(nearest(x, at));
        return [y, near * (1 - near) * x.error[at]! + rounded(y, rounding.sigmoid)];
      }),
    tanh: (x) =>
      pointwise(x.shape, (at) => {
        const y = Math.tanh(x.value[at]!);
        const near = Math.tanh(nearest(x, at));
        return [y, (1 - near * near) * x.error[at]! + rounded(y, rounding.tanh)];
      }),
    relu: (x) => pointwise(x.shape, (at) => [Math.max(0, x.value[at]!), x.value[at]! + x.error[at]! <= 0 ? 0 : x.error[at]!]),
    sigmoidSlope: (y) => ops.times(y, ops.complement(y)),
    tanhSlope: (y) => ops.complement(ops.times(y, y)),
    reluSlope: (x) => pointwise(x.shape, (at) => [x.value[at]! > 0 ? 1 : 0, Math.abs(x.value[at]!) <= x.error[at]! ? 1 : 0]),
  };
  return ops;
}

/** Float64 with no error counted. */
export const exact: Arithmetic = arithmetic({ ulp: 0, tiny: 0, sum: 0, sigmoid: 0, tanh: 0 });

function pointwise(shape: readonly number[], f: (at: number) => readonly [value: number, error: number]): Bounded {
  const value = new Float64Array(count(shape));
  const error = new Float64Array(value.length);
  for (let at = 0; at < value.length; at++) [value[at], error[at]] = f(at) as [number, number];
  return { shape, value, error };
}

/** (a ± p)·(b ± q) = a·b ± (|a|·q + |b|·p + p·q) */
function spread(a: number, p: number, b: number, q: number): number {
  return Math.abs(a) * q + Math.abs(b) * p + p * q;
}

/** The number nearest to 0 that x[at] may be. */
function nearest(x: Bounded, at: number): number {
  return Math.max(0, Math.abs(x.value[at]!) - x.error[at]!);
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
