// Attention in several heads (Vaswani et al. 2017), keys and values shared by groups of them (Ainslie et al. 2023). Written apart from core.
import type { Shaped } from "../../tree.ts";
import { exact, type Arithmetic } from "../arithmetic.ts";
import { entry, put, zeros, type Bounded } from "../bounded.ts";
import type { Named } from "../cell.ts";
import { attention, placeOf, type AttentionOptions, type Upstream } from "./attention.ts";
import { rotation, type RotaryOptions } from "./positions.ts";
import { dot, type Score } from "./scores.ts";
import { tally } from "./tally.ts";

export interface MultiHeadOptions {
  readonly heads: number;
  readonly keyValueHeads?: number | undefined;
  /** Of a query and a key of one head. */
  readonly size: number;
  readonly valueSize?: number | undefined;
  readonly useBias?: boolean | undefined;
  readonly outputSize?: number | undefined;
  readonly rotary?: RotaryOptions | undefined;
  /** Of every head, with weights of its own. Default dot products by the root of the size. */
  readonly score?: Score | undefined;
  /** Without them heads are columns of what is read. Default true. */
  readonly useProjections?: boolean | undefined;
}

export interface MultiHeadJob extends AttentionOptions {
  readonly arithmetic?: Arithmetic | undefined;
  readonly weights: Named;
  /** [batch, queries, features] */
  readonly query: Bounded;
  /** [batch, keys, features]; the queries themselves where absent. */
  readonly key?: Bounded | undefined;
  /** [batch, keys, features]; the keys themselves where absent. */
  readonly value?: Bounded | undefined;
}

export interface MultiHeadGradients {
  readonly weights: Named;
  readonly query: Bounded;
  readonly key?: Bounded;
  readonly value?: Bounded;
  readonly bias?: Bounded;
  readonly residual?: Bounded;
}

export function multiHead(options: MultiHeadOptions) {
  const { heads, size, keyValueHeads = heads, valueSize = size, useBias = true, outputSize, rotary } = options;
  const { score = dot("root"), useProjections = true } = options;
  const ofScore = Object.entries(score.weights({ query: size, key: size }));
  const widths = { q: heads * size, k: keyValueHeads * size, v: keyValueHeads * valueSize };
  return { name: `multiHead ${JSON.stringify({ ...options, score: score.name })}`, weights: shapes, run };

  function shapes({ query, key, value }: Readonly<Record<"query" | "key" | "value", number>>): Readonly<Record<string, Shaped>> {
    const out = outputSize ?? query;
    const own = Object.fromEntries(ofScore.map(([name, { shape }]) => [`score.${name}`, { shape: [heads, ...shape] }]));
    if (!useProjections) return own;
    return {
      ...own,
      wq: { shape: [query, widths.q] },
      wk: { shape: [key, widths.k] },
      wv: { shape: [value, widths.v] },
      wo: { shape: [heads * valueSize, out] },
      ...(useBias && { bq: { shape: [widths.q] }, bk: { shape: [widths.k] }, bv: { shape: [widths.v] }, bo: { shape: [out] } }),
    };
  }

  function run({ arithmetic = exact, weights, query, key, value, residual, ...rest }: MultiHeadJob) {
    const { affine, affineT, outer } = arithmetic;
    const [batch, queries] = query.shape as [number, number, number];
    const sources = { q: query, k: key ?? query, v: value ?? key ?? query };
    const turned = (position: number) => (rotary ? rotation(arithmetic, size, position, rotary) : undefined);
    const heard = {
      q: split(sources.q, "q", heads, size, true),
      k: split(sources.k, "k", keyValueHeads, size, true),
      v: split(sources.v, "v", keyValueHeads, valueSize, false),
    };
    const scoring = Object.fromEntries(ofScore.map(([name]) => [name, weights[`score.${name}`]!]));
    const attended = attention({ arithmetic, score, weights: scoring, ofHeads: true, ...heard, ...rest });
    const joined = Array.from({ length: batch * queries }, (_, at) => gathered(attended.output, at, queries));
    const wo = weights["wo"];
    const width = wo ? wo.shape[1]! : heads * valueSize;
    const output = zeros([batch, queries, width]);
    const restAt = (at: number) =>
      residual ? [entry(residual, [width], placeOf(residual, [Math.floor(at / queries), at % queries], 1))] : [];
    joined.forEach((row, at) =>
      put(output, at, wo ? affine([...biasOf("o"), ...restAt(at)], [row, wo]) : arithmetic.plus(row, ...restAt(at))),
    );
    return { output, weights: attended.weights, scores: attended.scores, backward };

    function biasOf(name: string): readonly Bounded[] {
      const bias = weights[`b${name}`];
      return bias ? [bias] : [];
    }

    /** Rows of `x` times the weights of `name`, as [batch, heads, rows, width]: turned, and repeated for every head that shares them. */
    function split(x: Bounded, name: "q" | "k" | "v", own: number, width: number, turns: boolean): Bounded {
      const [, rows, features] = x.shape as [number, number, number];
      const all = zeros([batch, heads, rows, width]);
      for (let at = 0; at < batch * rows; at++) {
        const [read, w] = [entry(x, [features], at), weights[`w${name}`]];
        const projected = w ? affine(biasOf(name), [read, w]) : read;
        const [b, i] = [Math.floor(at / rows), at % rows];
        for (let head = 0; head < heads; head++) {
          const part = entry(projected, [width], Math.floor((head * own) / heads));
          put(all, (b * heads + head) * rows + i, (turns && turned(i)?.turn(part)) || part);
        }
      }
      return all;
    }

    /** From the gradient of what `split` gave, that of the products, [batch·rows] of [own·width]. */
    function unsplit(d: Bounded, own: number, turns: boolean): readonly Bounded[] {
      const [, , rows, width] = d.shape as [number, number, number, number];
      const sums = tally([batch * rows, own, width]);
      for (let at = 0; at < batch * heads * rows; at++) {
        const [b, head, i] = [Math.floor(at / rows / heads), Math.floor(at / rows) % heads, at % rows];
        const part = entry(d, [width], at);
        const back = (turns && turned(i)?.backward(part)) || part;
        sums.add((b * rows + i) * own + Math.floor((head * own) / heads), back);
      }
      const whole = sums.sum(arithmetic);
      return Array.from({ length: batch * rows }, (_, at) => entry(whole, [own * width], at));
    }

    function backward(upstream: Upstream): MultiHeadGradients {
      const dOut = Array.from({ length: batch * queries }, (_, at) => entry(upstream.output, [width], at));
      const dAttended = zeros(attended.output.shape);
      dOut.forEach((d, at) => scattered(dAttended, at, queries, wo ? affineT([], [d, wo]) : d));
      const d = attended.backward({ ...upstream, output: dAttended });
      const projected = { q: unsplit(d.q, heads, true), k: unsplit(d.k, keyValueHeads, true), v: unsplit(d.v, keyValueHeads, false) };
      const sums = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, tally(w.shape)]));
      const count = (name: string, x: Bounded, dx: Bounded) => {
        sums[`w${name}`]?.add(0, outer(x, dx));
        sums[`b${name}`]?.add(0, dx);
      };
      joined.forEach((row, at) => count("o", row, dOut[at]!));
      for (const name of ["q", "k", "v"] as const)
        projected[name].forEach((dx, at) => count(name, entry(sources[name], [sources[name].shape[2]!], at), dx));
      const back = (x: Bounded, ...names: readonly ("q" | "k" | "v")[]) => {
        const all = zeros(x.shape);
        for (let at = 0; at < x.shape[0]! * x.shape[1]!; at++)
          put(all, at, sumOf(names.map((name) => [projected[name][at]!, weights[`w${name}`]] as const)));
        return all;
      };
      const sumOf = (parts: readonly (readonly [Bounded, Bounded | undefined])[]): Bounded => {
        const [first, ...more] = parts.map(([dx, w]) => (w ? affineT([], [dx, w]) : dx));
        return arithmetic.plus(first!, ...more);
      };
      const dResidual = residual && tally(residual.shape);
      dOut.forEach((row, at) => dResidual?.add(placeOf(residual!, [Math.floor(at / queries), at % queries], 1), row));
      return {
        weights: {
          ...Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum.sum(arithmetic)])),
          ...Object.fromEntries(Object.entries(d.weights).map(([name, dw]) => [`score.${name}`, dw])),
        },
        query: back(query, "q", ...(key ? [] : (["k"] as const)), ...(key || value ? [] : (["v"] as const))),
        ...(key && { key: back(key, "k", ...(value ? [] : (["v"] as const))) }),
        ...(value && { value: back(value, "v") }),
        ...(d.bias && { bias: d.bias }),
        ...(dResidual && { residual: dResidual.sum(arithmetic) }),
      };
    }
  }

  /** All heads of query number `at`, side by side. */
  function gathered(x: Bounded, at: number, queries: number): Bounded {
    const row = zeros([heads * valueSize]);
    for (let head = 0; head < heads; head++) put(row, head, entry(x, [valueSize], partOf(at, head, queries)));
    return row;
  }

  function scattered(x: Bounded, at: number, queries: number, row: Bounded): void {
    for (let head = 0; head < heads; head++) put(x, partOf(at, head, queries), entry(row, [valueSize], head));
  }

  function partOf(at: number, head: number, queries: number): number {
    return (Math.floor(at / queries) * heads + head) * queries + (at % queries);
  }
}
