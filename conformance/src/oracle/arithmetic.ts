// Float64 arithmetic in which every number carries a bound of what rounding may do to it on a machine of stated accuracy:
// running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. 2002, §3.3), with sums bounded for
// every order of their terms (§4.2), since backends order them as they like. It knows nothing of cells.
import { pointwise, type Bounded } from "./bounded.ts";
import { normal } from "./normal.ts";
import type { Rounding } from "./rounding.ts";
import { softmax } from "./softmax.ts";

type Product = readonly [x: Bounded, w: Bounded];

/** The operations that cells and attention are written in. Vectors are [n], matrices [n, m]; pointwise ones take any one shape. */
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
  /** (1 − z)·from + z·to. Also as from + z·(to − from), which where z is 1 need not be `to`. */
  between(z: Bounded, from: Bounded, to: Bounded): Bounded;
  sigmoid(x: Bounded): Bounded;
  tanh(x: Bounded): Bounded;
  relu(x: Bounded): Bounded;
  /** 0.2·x + 0.5, but at least 0 and at most 1: what Keras 1 and 2 call the hard sigmoid. */
  hardSigmoid(x: Bounded): Bounded;
  /** x / (1 + |x|) */
  softsign(x: Bounded): Bounded;
  /** x, but at least −limit and at most limit. */
  clip(x: Bounded, limit: Bounded): Bounded;
  /** y·(1 − y), the slope of sigmoid where its value is y. */
  sigmoidSlope(y: Bounded): Bounded;
  /** 1 − y², the slope of tanh where its value is y. */
  tanhSlope(y: Bounded): Bounded;
  /** The slope of relu at x: 1 where x > 0, otherwise 0. Where rounding could tip it, either will do. */
  reluSlope(x: Bounded): Bounded;
  /** The slope of hardSigmoid at x: 0.2 between −2.5 and 2.5, otherwise 0. Where rounding could tip it, either will do. */
  hardSigmoidSlope(x: Bounded): Bounded;
  /** 1 / (1 + |x|)², the slope of softsign at x. */
  softsignSlope(x: Bounded): Bounded;
  /** The slope of clip at x: 1 between the limits, otherwise 0. Where rounding could tip it, either will do. */
  clipSlope(x: Bounded, limit: Bounded): Bounded;
  /** Numbers that a program holds as constants, to multiply by: rounded into its type, or divided by their inverses. */
  literal(x: Bounded): Bounded;
  /** exp(x) / Σ exp(x) of a vector. */
  softmax(x: Bounded): Bounded;
  /** (x − μ) / √(σ² + epsilon) of a vector, μ its mean, σ² the mean of (x − μ)². */
  layerNormal(x: Bounded, epsilon: Bounded): Bounded;
  /** What layerNormal's values are by each element of x, at x: symmetric, [n, n]. */
  layerNormalSlopes(x: Bounded, epsilon: Bounded): Bounded;
  /** x / √(mean of x² + epsilon) of a vector. */
  rmsNormal(x: Bounded, epsilon: Bounded): Bounded;
  /** What rmsNormal's values are by each element of x, at x: symmetric, [n, n]. */
  rmsNormalSlopes(x: Bounded, epsilon: Bounded): Bounded;
}

export function arithmetic(rounding: Rounding): Arithmetic {
  const { ulp, tiny } = rounding;
  const unit = rounding.sum * ulp;
  const rounded = (value: number, ulps: number) => ulps * ulp * Math.abs(value) + tiny;
  /** γₙ: what n roundings of sums and products err by at most, relatively. */
  const gamma = (n: number) => (n * unit) / (1 - n * unit);

  /** Per element the sum of what `visit` adds. n roundings in any order err by at most γₙ·Σ|terms|. */
  const total = (shape: readonly number[], visit: (at: number, add: (value: number, error: number) => void) => void): Bounded =>
    pointwise(shape, (at) => {
      let [value, error, magnitude, n] = [0, 0, 0, 0];
      visit(at, (v, e) => {
        value += v;
        error += e;
        magnitude += Math.abs(v) + e;
        n++;
      });
      return [value, error + gamma(n) * magnitude + n * tiny];
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
    // What underflow takes from a product of some factors grows with the others: by those above 1.
    times: (...factors) =>
      pointwise(factors[0].shape, (at) => {
        let [value, error, growth] = [1, 0, 1];
        for (const f of factors) {
          error = spread(value, error, f.value[at]!, f.error[at]!);
          value *= f.value[at]!;
          growth *= Math.max(1, Math.abs(f.value[at]!) + f.error[at]!);
        }
        const n = factors.length - 1;
        return [value, error + gamma(n) * (Math.abs(value) + error) + n * tiny * growth];
      }),
    complement: (x) =>
      pointwise(x.shape, (at) => {
        const [y, e] = [1 - x.value[at]!, x.error[at]!];
        return [y, e + rounded(Math.abs(y) + e, rounding.sum)];
      }),
    between: (z, from, to) => {
      const mixed = ops.plus(ops.times(ops.complement(z), from), ops.times(z, to));
      const size = (x: Bounded, at: number) => Math.abs(x.value[at]!) + x.error[at]!;
      return pointwise(z.shape, (at) => {
        const other = gamma(2) * size(z, at) * (size(from, at) + size(to, at)); // of to − from, and of its product with z
        return [mixed.value[at]!, mixed.error[at]! + other];
      });
    },
    // A smooth function spreads an error by at most its steepest slope within it, and never beyond its range; all are steepest at 0. The
    // slopes σ(a)·σ(−a) and 1/cosh²a are taken without 1 − y, which cancels: at −40 that of σ is all of σ, and 1 − σ(40) is 0 in float64.
    sigmoid: (x) =>
      pointwise(x.shape, (at) => {
        const [y, near] = [logistic(x.value[at]!), nearest(x, at)];
        const carried = Math.min(logistic(near) * logistic(-near) * x.error[at]!, Math.max(y, 1 - y));
        return [y, carried + rounded(y + carried, rounding.sigmoid)];
      }),
    tanh: (x) =>
      pointwise(x.shape, (at) => {
        const y = Math.tanh(x.value[at]!);
        const carried = Math.min(x.error[at]! / Math.cosh(nearest(x, at)) ** 2, 1 + Math.abs(y));
        return [y, carried + rounded(Math.abs(y) + carried, rounding.tanh)];
      }),
    relu: (x) => pointwise(x.shape, (at) => [Math.max(0, x.value[at]!), x.value[at]! + x.error[at]! <= 0 ? 0 : x.error[at]!]),
    sigmoidSlope: (y) => ops.times(y, ops.complement(y)),
    tanhSlope: (y) => ops.complement(ops.times(y, y)),
    reluSlope: (x) => pointwise(x.shape, (at) => [x.value[at]! > 0 ? 1 : 0, Math.abs(x.value[at]!) <= x.error[at]! ? 1 : 0]),
    hardSigmoid: (x) =>
      pointwise(x.shape, (at) => {
        const y = ramp(x.value[at]!);
        const error = 0.2 * x.error[at]! + slip(x, at);
        const within = Math.min(1, Math.max(0, y));
        return [within, y + error <= 0 || y - error >= 1 ? 0 : Math.min(error, Math.max(within, 1 - within))];
      }),
    hardSigmoidSlope: (x) =>
      pointwise(x.shape, (at) => {
        const y = ramp(x.value[at]!);
        const error = 0.2 * x.error[at]! + slip(x, at);
        const slope = y > 0 && y < 1 ? 0.2 : 0;
        return [slope, (Math.min(Math.abs(y), Math.abs(1 - y)) <= error ? 0.2 : 0) + rounded(slope, 0.5)];
      }),
    softsign: (x) =>
      pointwise(x.shape, (at) => {
        const [v, near] = [x.value[at]!, 1 + nearest(x, at)];
        const y = v / (1 + Math.abs(v));
        const carried = Math.min(x.error[at]! / near ** 2, 1 + Math.abs(y));
        return [y, carried + rounded(Math.abs(y) + carried, rounding.sum + rounding.div)];
      }),
    // Also as 1/(1 + |x|) − |x|/(1 + |x|)², where it cancels.
    softsignSlope: (x) =>
      pointwise(x.shape, (at) => {
        const [q, near] = [1 / (1 + Math.abs(x.value[at]!)), 1 / (1 + nearest(x, at))];
        return [q * q, Math.min(2 * near ** 3 * x.error[at]!, 1) + rounded(2 * near, 3 * (rounding.sum + rounding.div))];
      }),
    clip: (x, limit) =>
      pointwise(x.shape, (at) => {
        const [v, e, most] = [x.value[at]!, x.error[at]!, limit.value[at]!];
        return [Math.min(most, Math.max(-most, v)), Math.abs(v) - e >= most ? limit.error[at]! : Math.max(e, limit.error[at]!)];
      }),
    clipSlope: (x, limit) =>
      pointwise(x.shape, (at) => {
        const beyond = Math.abs(x.value[at]!) - limit.value[at]!;
        return [beyond < 0 ? 1 : 0, Math.abs(beyond) <= x.error[at]! + limit.error[at]! ? 1 : 0];
      }),
    literal: (x) => pointwise(x.shape, (at) => [x.value[at]!, x.error[at]! + rounded(x.value[at]!, 0.5 + rounding.div)]),
    softmax: (x) => softmax(x, rounding),
    layerNormal: (x, epsilon) => normal(x, epsilon, rounding, { centred: true }).value,
    layerNormalSlopes: (x, epsilon) => normal(x, epsilon, rounding, { centred: true }).slopes(),
    rmsNormal: (x, epsilon) => normal(x, epsilon, rounding, { centred: false }).value,
    rmsNormalSlopes: (x, epsilon) => normal(x, epsilon, rounding, { centred: false }).slopes(),
  };
  return ops;

  /** What rounding does to 0.2·x + 0.5: to the factor, the product and the sum. */
  function slip(x: Bounded, at: number): number {
    const size = 0.2 * (Math.abs(x.value[at]!) + x.error[at]!);
    return rounded(size, 0.5 + rounding.sum) + rounded(size + 0.5, rounding.sum);
  }
}

/** Float64 with no error counted. */
export const exact: Arithmetic = arithmetic({ ulp: 0, tiny: 0, sum: 0, exp: 0, sqrt: 0, div: 0, sigmoid: 0, tanh: 0 });

function ramp(x: number): number {
  return 0.2 * x + 0.5;
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
