// Attention over leading axes, query by query: which keys each one sees, what it gets, and back.
import { exact, type Arithmetic } from "../arithmetic.ts";
import { count, entry, put, stacked, zeros, type Bounded } from "../bounded.ts";
import type { Named } from "../cell.ts";
import { answer } from "./query.ts";
import type { Score } from "./scores.ts";
import { tally, type Tally } from "./tally.ts";

export interface AttentionOptions {
  /** Query i sees keys up to i + (keys − queries) only, or from the start up to i only. */
  readonly causal?: boolean | "start" | "end" | undefined;
  /** Keys that count, by the first leading axis. */
  readonly keyLengths?: ArrayLike<number> | undefined;
  /** Broadcasts to the scores; a key is seen where it is not 0. */
  readonly mask?: Bounded | undefined;
  /** Broadcasts to the scores and is added to them; −∞ hides a key. */
  readonly bias?: Bounded | undefined;
  readonly softCap?: number | undefined;
  /** Broadcasts to the weights and multiplies them. */
  readonly dropout?: Bounded | undefined;
  /** Broadcasts to the output and is added to it. */
  readonly residual?: Bounded | undefined;
}

export interface AttentionJob extends AttentionOptions {
  readonly arithmetic?: Arithmetic | undefined;
  readonly score: Score;
  readonly weights: Named;
  /** Whether each head, the second leading axis, has weights of its own, along an axis in front. */
  readonly ofHeads?: boolean;
  /** […, queries, size] */
  readonly q: Bounded;
  /** […, keys, size] */
  readonly k: Bounded;
  /** […, keys, values] */
  readonly v: Bounded;
}

export interface Attended {
  /** […, queries, values] */
  readonly output: Bounded;
  /** […, queries, keys], before dropout; zeros where nothing is seen. */
  readonly weights: Bounded;
  /** […, queries, keys], bent, before bias; zeros for keys that are not seen. */
  readonly scores: Bounded;
  backward(upstream: Upstream): Gradients;
}

export interface Upstream {
  readonly output: Bounded;
  readonly weights: Bounded;
  readonly scores?: Bounded | undefined;
}

interface Gradients {
  readonly weights: Named;
  readonly q: Bounded;
  readonly k: Bounded;
  readonly v: Bounded;
  readonly bias?: Bounded;
  readonly residual?: Bounded;
}

export function attention(job: AttentionJob): Attended {
  const { arithmetic = exact, score, weights, ofHeads = false, q, k, v, softCap, bias, dropout, residual } = job;
  const [queries, keys, values] = [q.shape.at(-2)!, k.shape.at(-2)!, v.shape.at(-1)!];
  const lead = broadcast(q.shape.slice(0, -2), k.shape.slice(0, -2), v.shape.slice(0, -2));
  const output = zeros([...lead, queries, values]);
  const [weighed, scored] = [zeros([...lead, queries, keys]), zeros([...lead, queries, keys])];
  const asked = indices([...lead, queries]).map((index, at) => {
    const seen = Array.from({ length: keys }, (_, j) => j).filter((j) => visible(job, queries, keys, index, j));
    const places: Places = { q: placeOf(q, index, 1), k: placeOf(k, index.slice(0, -1), 2), v: placeOf(v, index.slice(0, -1), 2) };
    const row = (of: Bounded | undefined) =>
      of &&
      taken(
        of,
        seen.map((j) => placeOf(of, [...index, j], 0)),
      );
    const given = answerOf(places, seen, {
      head: ofHeads ? index[1]! : undefined,
      bias: row(bias),
      dropout: row(dropout),
    });
    const rest = residual && entry(residual, [values], placeOf(residual, index, 1));
    const context = given?.context ?? zeros([values]);
    put(output, at, rest ? arithmetic.plus(rest, context) : context);
    if (given) spreadInto(weighed, at * keys, given.weights, seen);
    if (given) spreadInto(scored, at * keys, given.scores, seen);
    return { index, at, seen, places, given };
  });

  function answerOf(
    { q: qi, k: ki, v: vi }: Places,
    seen: readonly number[],
    { head, ...more }: { head: number | undefined; bias: Bounded | undefined; dropout: Bounded | undefined },
  ) {
    if (seen.length === 0) return undefined;
    const matrix = (of: Bounded, place: number) => {
      const width = of.shape.at(-1)!;
      return stacked(
        [width],
        seen.map((j) => entry(of, [width], place * keys + j)),
      );
    };
    const own = head === undefined ? weights : ofHead(weights, head);
    return answer(arithmetic, {
      score,
      weights: own,
      q: entry(q, [q.shape.at(-1)!], qi),
      k: matrix(k, ki),
      v: matrix(v, vi),
      softCap,
      ...more,
    });
  }

  return {
    output,
    weights: weighed,
    scores: scored,
    backward(upstream) {
      const sums = { q: tally(q.shape), k: tally(k.shape), v: tally(v.shape) };
      const [dBias, dResidual] = [bias && tally(bias.shape), residual && tally(residual.shape)];
      const dWeights: Readonly<Record<string, Tally>> = Object.fromEntries(
        Object.entries(weights).map(([name, w]) => [name, tally(w.shape)]),
      );
      for (const { index, at, seen, places, given } of asked) {
        const dOutput = entry(upstream.output, [values], at);
        dResidual?.add(placeOf(residual!, index, 1), dOutput);
        if (!given) continue;
        const ofSeen = (d: Bounded) =>
          taken(
            d,
            seen.map((j) => at * keys + j),
          );
        const d = given.backward(dOutput, ofSeen(upstream.weights), upstream.scores && ofSeen(upstream.scores));
        sums.q.add(places.q, d.q);
        for (const name of ["k", "v"] as const) sums[name].add(places[name], among(keys, seen, d[name]));
        seen.forEach((j, i) => dBias?.add(placeOf(bias!, [...index, j], 0), entry(d.bias, [1], i)));
        for (const share of d.weights) for (const [name, part] of Object.entries(share)) dWeights[name]!.add(ofHeads ? index[1]! : 0, part);
      }
      return {
        weights: Object.fromEntries(Object.entries(dWeights).map(([name, sum]) => [name, sum.sum(arithmetic)])),
        q: sums.q.sum(arithmetic),
        k: sums.k.sum(arithmetic),
        v: sums.v.sum(arithmetic),
        ...(dBias && { bias: dBias.sum(arithmetic) }),
        ...(dResidual && { residual: dResidual.sum(arithmetic) }),
      };
    },
  };
}

/** Which row of q, and which matrices of k and v, a query is about. */
interface Places {
  readonly q: number;
  readonly k: number;
  readonly v: number;
}

/** 1 where a key of scores of this shape is seen, elsewhere 0. */
export function seenKeys(options: AttentionOptions, shape: readonly number[]): Float64Array {
  const [queries, keys] = shape.slice(-2) as [number, number];
  const each = indices(shape).map((index) => visible(options, queries, keys, index.slice(0, -1), index.at(-1)!));
  return Float64Array.from(each, Number);
}

function ofHead(weights: Named, head: number): Named {
  return Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, entry(w, w.shape.slice(1), head)]));
}

function visible(
  { causal = false, keyLengths, mask, bias }: AttentionOptions,
  queries: number,
  keys: number,
  index: readonly number[],
  j: number,
) {
  if (causal !== false && j > index.at(-1)! + (causal === "start" ? 0 : keys - queries)) return false;
  if (keyLengths && j >= keyLengths[index[0]!]!) return false;
  if (mask && mask.value[placeOf(mask, [...index, j], 0)] === 0) return false;
  return !(bias && bias.value[placeOf(bias, [...index, j], 0)] === -Infinity);
}

/** Where `x`, seen at an index of what it broadcasts to, has its array of the last `inner` axes. */
export function placeOf(x: Bounded, index: readonly number[], inner: number): number {
  const shape = x.shape.slice(0, x.shape.length - inner);
  const own = index.slice(index.length - shape.length);
  return shape.reduce((place, size, axis) => place * size + (size === 1 ? 0 : own[axis]!), 0);
}

/** The shape that all of them broadcast to. */
function broadcast(...shapes: readonly (readonly number[])[]): readonly number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

function indices(shape: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: count(shape) }, (_, at) => {
    const index: number[] = [];
    let rest = at;
    for (const size of shape.toReversed()) {
      index.unshift(rest % size);
      rest = Math.floor(rest / size);
    }
    return index;
  });
}

/** The elements of `x` at `places`. */
function taken(x: Bounded, places: readonly number[]): Bounded {
  return {
    shape: [places.length],
    value: Float64Array.from(places, (place) => x.value[place]!),
    error: Float64Array.from(places, (place) => x.error[place]!),
  };
}

function spreadInto(x: Bounded, from: number, part: Bounded, places: readonly number[]): void {
  places.forEach((place, i) => {
    x.value[from + place] = part.value[i]!;
    x.error[from + place] = part.error[i]!;
  });
}

/** Rows for the keys seen among `keys` rows, the others zeros. */
function among(keys: number, seen: readonly number[], part: Bounded): Bounded {
  const width = part.shape[1]!;
  const all = zeros([keys, width]);
  seen.forEach((j, i) => put(all, j, entry(part, [width], i)));
  return all;
}
