// A machine that computes in float32 for the bounds to hold against: rounds each operation, and adds and multiplies in random order.
import { count, known, type Bounded } from "../oracle/bounded.ts";
import type { Arithmetic } from "../oracle/index.ts";

export function float32With(next: () => number): Arithmetic {
  const f = Math.fround;
  const each = (shape: readonly number[], value: (at: number) => number) =>
    known(
      shape,
      Float64Array.from({ length: count(shape) }, (_, at) => f(value(at))),
    );
  const sum = (terms: readonly number[]) => shuffled(terms, next).reduce((total, term) => f(total + term));
  const product = (numbers: readonly number[]) => shuffled(numbers, next).reduce((total, factor) => f(total * factor));
  const affine = (
    width: number,
    terms: readonly Bounded[],
    products: readonly (readonly [Bounded, Bounded])[],
    at: (k: number, j: number, w: Bounded) => number,
  ) =>
    each([width], (j) =>
      sum([...terms.map((t) => t.value[j]!), ...products.flatMap(([x, w]) => [...x.value].map((v, k) => f(v * w.value[at(k, j, w)]!)))]),
    );
  const width = (terms: readonly Bounded[], products: readonly (readonly [Bounded, Bounded])[], axis: 0 | 1) =>
    terms[0]?.shape[0] ?? products[0]![1].shape[axis]!;
  const mean = (x: readonly number[]) => f(sum(x) / x.length);
  const centred = (x: Float64Array) => x.map((v) => f(v - mean([...x])));
  const normal = (d: Float64Array, epsilon: number) => {
    const n = d.length;
    const r = f(1 / f(Math.sqrt(f(mean([...d].map((v) => f(v * v))) + f(epsilon)))));
    const value = each([n], (i) => d[i]! * r);
    const across = (i: number, j: number) => f(f(value.value[i]! * value.value[j]!) / n);
    const slope = (i: number, j: number, less: number) => f((i === j ? f(1 - less) : -f(less)) - across(i, j));
    return { value, slopes: (less: number) => each([n, n], (at) => r * slope(Math.floor(at / n), at % n, less)) };
  };
  const ramp = (x: number) => f(f(f(0.2) * x) + 0.5);
  const logistic = (x: number) => 1 / (1 + Math.exp(-x));
  return {
    affine: (terms, ...products) => affine(width(terms, products, 1), terms, products, (k, j, w) => k * w.shape[1]! + j),
    affineT: (terms, ...products) => affine(width(terms, products, 0), terms, products, (k, j, w) => j * w.shape[1]! + k),
    outer: (x, d) =>
      each([x.value.length, d.value.length], (at) => x.value[Math.floor(at / d.value.length)]! * d.value[at % d.value.length]!),
    plus: (...terms) => each(terms[0].shape, (at) => sum(terms.map((t) => t.value[at]!))),
    minus: (x, y) => each(x.shape, (at) => x.value[at]! - y.value[at]!),
    times: (...factors) => each(factors[0].shape, (at) => product(factors.map((t) => t.value[at]!))),
    complement: (x) => each(x.shape, (at) => 1 - x.value[at]!),
    between: (z, from, to) =>
      each(z.shape, (at) => {
        const [share, a, b] = [z.value[at]!, from.value[at]!, to.value[at]!];
        return next() < 0.5 ? a + f(share * f(b - a)) : f(f(1 - share) * a) + f(share * b);
      }),
    sigmoid: (x) => each(x.shape, (at) => logistic(x.value[at]!)),
    tanh: (x) => each(x.shape, (at) => Math.tanh(x.value[at]!)),
    relu: (x) => each(x.shape, (at) => Math.max(0, x.value[at]!)),
    sigmoidSlope: (y) => each(y.shape, (at) => y.value[at]! * f(1 - y.value[at]!)),
    tanhSlope: (y) => each(y.shape, (at) => 1 - f(y.value[at]! * y.value[at]!)),
    reluSlope: (x) => each(x.shape, (at) => (x.value[at]! > 0 ? 1 : 0)),
    hardSigmoid: (x) => each(x.shape, (at) => Math.min(1, Math.max(0, ramp(x.value[at]!)))),
    hardSigmoidSlope: (x) => each(x.shape, (at) => (ramp(x.value[at]!) > 0 && ramp(x.value[at]!) < 1 ? 0.2 : 0)),
    softsign: (x) => each(x.shape, (at) => x.value[at]! / f(1 + Math.abs(x.value[at]!))),
    softsignSlope: (x) =>
      each(x.shape, (at) => {
        const [size, whole] = [Math.abs(x.value[at]!), f(1 + Math.abs(x.value[at]!))];
        return f(1 / whole) - f(size / f(whole * whole));
      }),
    clip: (x, limit) => each(x.shape, (at) => Math.min(limit.value[at]!, Math.max(-limit.value[at]!, x.value[at]!))),
    clipSlope: (x, limit) => each(x.shape, (at) => (Math.abs(x.value[at]!) < limit.value[at]! ? 1 : 0)),
    literal: (x) => each(x.shape, (at) => x.value[at]!),
    softmax: (x) => {
      const most = x.value.reduce((a, b) => Math.max(a, b), -Infinity);
      const powers = [...x.value].map((v) => f(Math.exp(f(v - most))));
      const whole = sum(powers);
      return each(x.shape, (at) => powers[at]! / whole);
    },
    layerNormal: (x, epsilon) => normal(centred(x.value), epsilon.value[0]!).value,
    layerNormalSlopes: (x, epsilon) => normal(centred(x.value), epsilon.value[0]!).slopes(1 / x.value.length),
    rmsNormal: (x, epsilon) => normal(x.value, epsilon.value[0]!).value,
    rmsNormalSlopes: (x, epsilon) => normal(x.value, epsilon.value[0]!).slopes(0),
  };
}

function shuffled(numbers: readonly number[], next: () => number): readonly number[] {
  return numbers
    .map((number) => [next(), number] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, number]) => number);
}
