// For tests: attention in plain code, with its cases and their numbers.
import fc from "fast-check";
import type { Causal } from "../attention/options.ts";
import type { HostArray, Score, Shape } from "../index.ts";
import { normal } from "./numbers.ts";
import { random } from "../random.ts";

export interface Attending {
  readonly sizes: Readonly<Record<"batch" | "queries" | "keys" | "size" | "values", number>>;
  readonly has: Readonly<Record<"keyLengths" | "mask" | "bias" | "softCap" | "dropout" | "residual", boolean>>;
  readonly causal: Causal;
  readonly seed: number;
}

const few = fc.integer({ min: 1, max: 4 });
export const attendings: fc.Arbitrary<Attending> = fc.record({
  sizes: fc.record({ batch: few, queries: few, keys: few, size: few, values: few }),
  has: fc.record({
    keyLengths: fc.boolean(),
    mask: fc.boolean(),
    bias: fc.boolean(),
    softCap: fc.boolean(),
    dropout: fc.boolean(),
    residual: fc.boolean(),
  }),
  causal: fc.constantFrom<Causal>(false, true, "end", "start"),
  seed: fc.nat(1e6),
});

export const softCap = 0.7,
  units = 3;

/** Everything there is for a case: what it has among the options, and the weights of the score. */
export function dataOf({ sizes: { batch, queries, keys, size, values }, has, seed }: Attending, score: Score) {
  const whole = [batch, queries, keys];
  const some = (name: keyof Attending["has"], x: HostArray): Named => (has[name] ? { [name]: x } : {});
  const flags = (label: string, scale: number): HostArray => ({
    dtype: "f64",
    shape: whole,
    data: Float64Array.from(
      random(seed)
        .child(label)
        .integers(batch * queries * keys, 3),
      (n) => (n === 0 ? 0 : scale),
    ),
  });
  const lengths: HostArray = {
    dtype: "i32",
    shape: [batch],
    data: random(seed)
      .child("lengths")
      .integers(batch, keys + 1),
  };
  return {
    weights: Object.fromEntries(Object.entries(weightsOf[score](size)).map(([name, shape]) => [name, normal(`${seed} ${name}`, ...shape)])),
    q: normal(`${seed} q`, batch, queries, size),
    k: normal(`${seed} k`, batch, keys, size),
    v: normal(`${seed} v`, batch, keys, values),
    options: {
      ...some("keyLengths", lengths),
      ...some("mask", flags("mask", -2)),
      ...some("bias", normal(`${seed} bias`, queries, keys)),
      ...some("dropout", flags("dropout", 1.5)),
      ...some("residual", normal(`${seed} residual`, batch, queries, values)),
    } as Named,
  };
}

const weightsOf: Readonly<Record<Score, (size: number) => Readonly<Record<string, Shape>>>> = {
  dot: () => ({}),
  scaledDot: () => ({}),
  additive: (size) => ({ wq: [size, units], wk: [size, units], b: [units], v: [units] }),
  concat: (size) => ({ wa: [2 * size], b: [1] }),
};

type Row = readonly number[];
type Named = Readonly<Record<string, HostArray>>;

/** The score of one query for one key. */
const scoreOf: Readonly<Record<Score, (w: Named, q: Row, k: Row) => number>> = {
  dot: (_, q, k) => product(q, k),
  scaledDot: (_, q, k) => product(q, k) / Math.sqrt(q.length),
  additive: ({ wq, wk, b, v }, q, k) =>
    product(
      rowOf(v!, 0, units),
      Array.from({ length: units }, (_, j) => Math.tanh(product(q, column(wq!, j)) + product(k, column(wk!, j)) + b!.data[j]!)),
    ),
  concat: ({ wa, b }, q, k) => product(rowOf(wa!, 0, q.length + k.length), [...q, ...k]) + b!.data[0]!,
};

/** Output, weights and the scores of keys that have a weight, element by element. */
export function attended(attending: Attending, score: Score): Readonly<Record<"output" | "weights" | "scores", number[]>> {
  const { batch, queries, keys, size, values } = attending.sizes,
    { has, causal } = attending,
    { weights: w, q, k, v, options } = dataOf(attending, score);
  const { keyLengths, mask, bias, dropout, residual } = options,
    output: number[] = [],
    weights: number[] = [],
    scores: number[] = [];
  const ahead = causal === "start" ? 0 : keys - queries; // keys that query 0 sees after its own
  for (let n = 0; n < batch; n++)
    for (let i = 0; i < queries; i++) {
      const at = (j: number): number => (n * queries + i) * keys + j,
        all = Array.from({ length: keys }, (_, j) => j);
      const isSeen = (j: number): boolean =>
        !(causal !== false && j > i + ahead) && !(keyLengths && j >= keyLengths.data[n]!) && !(mask && mask.data[at(j)] === 0);
      const s = all.map((j) => {
        const plain = scoreOf[score](w, rowOf(q, n * queries + i, size), rowOf(k, n * keys + j, size));
        return has.softCap ? softCap * Math.tanh(plain / softCap) : plain;
      });
      const e = all.map((j) => (isSeen(j) ? Math.exp(s[j]! + (bias?.data[i * keys + j] ?? 0)) : 0)),
        total = e.reduce((a, b) => a + b, 0);
      const p = e.map((x) => (total === 0 ? 0 : x / total));
      weights.push(...p);
      scores.push(...s.map((x, j) => (p[j] === 0 ? 0 : x)));
      for (let c = 0; c < values; c++)
        output.push(
          (residual?.data[(n * queries + i) * values + c] ?? 0) +
            product(
              p.map((x, j) => x * (dropout?.data[at(j)] ?? 1)),
              all.map((j) => v.data[(n * keys + j) * values + c]!),
            ),
        );
    }
  return { output, weights, scores };
}

function product(x: Row, y: Row): number {
  return x.reduce((sum, v, i) => sum + v * y[i]!, 0);
}

function rowOf({ data }: HostArray, i: number, width: number): number[] {
  return Array.from(data.subarray(i * width, (i + 1) * width));
}

function column({ data, shape }: HostArray, j: number): number[] {
  return Array.from({ length: shape[0]! }, (_, i) => data[i * shape[1]! + j]!);
}
