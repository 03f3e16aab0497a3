// Scaled dot attention over heads, and with projections (Vaswani et al. 2017), from their equations, forward and back.
import { product } from "./matrix.ts";
import type { Numbers } from "./sequence.ts";

export interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly features: number;
  readonly heads: number;
}

export interface Attended<K extends string> {
  /** [batch, steps, features] */
  readonly output: Float64Array;
  /** From the gradient of the output. */
  backward(d: Float64Array): Numbers<K>;
}

/** softmax(q·kᵀ / √size)·v for each head; q, k and v [batch, steps, features]. */
export function attention({ q, k, v }: Numbers<"q" | "k" | "v">, sizes: Sizes): Attended<"q" | "k" | "v"> {
  const { batch, steps, features, heads } = sizes;
  const size = features / heads;
  const scale = 1 / Math.sqrt(size);
  const places = Array.from({ length: batch * heads }, (_, i) => Math.floor(i / heads) * steps * features + (i % heads) * size);
  const head = (x: Float64Array, from: number): Float64Array =>
    Float64Array.from({ length: steps * size }, (_, at) => x[from + Math.floor(at / size) * features + (at % size)]!);
  const put = (into: Float64Array, from: number, x: Float64Array): void =>
    x.forEach((value, at) => (into[from + Math.floor(at / size) * features + (at % size)] = value));

  const output = new Float64Array(q.length);
  const weights = places.map((from) => {
    const p = softmax(product(head(q, from), head(k, from), [steps, size, steps], { b: true }), steps, scale);
    put(output, from, product(p, head(v, from), [steps, steps, size]));
    return p;
  });
  return {
    output,
    backward(d) {
      const gradients = { q: new Float64Array(q.length), k: new Float64Array(k.length), v: new Float64Array(v.length) };
      places.forEach((from, i) => {
        const [p, up] = [weights[i]!, head(d, from)];
        const dp = product(up, head(v, from), [steps, size, steps], { b: true });
        const ds = softmaxSlope(p, dp, steps, scale);
        put(gradients.q, from, product(ds, head(k, from), [steps, steps, size]));
        put(gradients.k, from, product(ds, head(q, from), [steps, steps, size], { a: true }));
        put(gradients.v, from, product(p, up, [steps, steps, size], { a: true }));
      });
      return gradients;
    },
  };
}

type MultiHeadNumbers = Numbers<"wq" | "wk" | "wv" | "wo" | "x">;

/** x·wq, x·wk and x·wv attend, and their values go through wo; x [batch, steps, features], matrices [features, features]. */
export function multiHead({ wq, wk, wv, wo, x }: MultiHeadNumbers, sizes: Sizes): Attended<keyof MultiHeadNumbers> {
  const { batch, steps, features } = sizes;
  const rows = [batch * steps, features, features] as const;
  const columns = [features, batch * steps, features] as const;
  const inner = attention({ q: product(x, wq, rows), k: product(x, wk, rows), v: product(x, wv, rows) }, sizes);
  return {
    output: product(inner.output, wo, rows),
    backward(d) {
      const { q, k, v } = inner.backward(product(d, wo, rows, { b: true }));
      const dx = product(q, wq, rows, { b: true });
      product(k, wk, rows, { b: true }, dx);
      product(v, wv, rows, { b: true }, dx);
      const [dwq, dwk, dwv] = [q, k, v].map((one) => product(x, one, columns, { a: true })) as [Float64Array, Float64Array, Float64Array];
      return { wq: dwq, wk: dwk, wv: dwv, wo: product(inner.output, d, columns, { a: true }), x: dx };
    },
  };
}

/** Over the rows of x·scale, x [rows, n]. */
function softmax(x: Float64Array, n: number, scale: number): Float64Array {
  for (let from = 0; from < x.length; from += n) {
    const row = x.subarray(from, from + n);
    const highest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    row.forEach((value, j) => (row[j] = Math.exp((value - highest) * scale)));
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, j) => (row[j] = value / sum));
  }
  return x;
}

/** d x = scale·p∘(dp − Σ p∘dp), row by row. */
function softmaxSlope(p: Float64Array, dp: Float64Array, n: number, scale: number): Float64Array {
  for (let from = 0; from < dp.length; from += n) {
    let mean = 0;
    for (let at = from; at < from + n; at++) mean += p[at]! * dp[at]!;
    for (let at = from; at < from + n; at++) dp[at] = scale * p[at]! * (dp[at]! - mean);
  }
  return dp;
}
