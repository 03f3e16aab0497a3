// Interpolated Kneser–Ney smoothing (Kneser & Ney 1995; interpolated, and with three discounts "modified", Chen & Goodman 1999), over characters.
import type { Random } from "@sluice/core";
import type { Ngrams } from "./ngrams.ts";

export interface KneserNeyOptions {
  /** Symbols that a probability is about, the one that comes included: 1 … the order of what was counted. */
  readonly order: number;
  /** One discount for all counts of an order, or one each for counts of 1, 2 and more. */
  readonly discounts: 1 | 3;
}

export interface KneserNey extends KneserNeyOptions {
  /** By order, from 1 on: what is taken from counts of 1, of 2, and of more. */
  readonly taken: readonly Discounts[];
  /** Of each symbol after a context, of which the last `order` − 1 symbols count; they add up to 1. */
  distribution(context: ArrayLike<number>): Float64Array;
  /** Bits per character of a text whose first is given. */
  bits(codes: Int32Array): number;
  /** So many symbols after a context, each drawn by its probability. */
  write(context: ArrayLike<number>, length: number, dice: Random): Int32Array;
}

/** Of counts of 1, 2, and 3 and more. */
export type Discounts = readonly [number, number, number];

/**
 * p(w | c) = max(n(cw) − D(n(cw)), 0) / n(c·) + γ(c) · p(w | c without its first), and 1 / size below order 1. n is how often cw is there at the highest order, and below
 * it after how many different symbols; γ(c) is what was taken of all n(c·), so that the probabilities add up to 1.
 */
export function kneserNey(ngrams: Ngrams, { order, discounts }: KneserNeyOptions): KneserNey {
  const { size, nodes, parent, depth, child } = ngrams;
  const n = Int32Array.from({ length: nodes }, (_, node) => (depth[node] === order ? ngrams.counts : ngrams.continuations)[node] ?? 0);
  const taken = Array.from({ length: order }, (_, i) => discountsOf(countsOfCounts(n, depth, i + 1), discounts));
  const discount = (count: number, length: number): number => (count === 0 ? 0 : (taken[length - 1]?.[Math.min(count, 3) - 1] ?? 0));
  const [total, back] = [new Float64Array(nodes), new Float64Array(nodes)];
  for (let node = 1; node < nodes; node++) {
    const [count, length, above] = [n[node] ?? 0, depth[node] ?? 0, parent[node] ?? 0];
    if (length > order) continue;
    total[above] = (total[above] ?? 0) + count;
    back[above] = (back[above] ?? 0) + discount(count, length);
  }

  /** `contexts` are the nodes of the last 0, 1, … symbols, as far as the text has them. */
  const probability = (contexts: readonly number[], symbol: number): number => {
    let p = 1 / size;
    for (const [length, context] of contexts.entries()) {
      const all = total[context] ?? 0;
      if (all === 0) break; // it was never gone on from: longer ones neither
      const node = child(context, symbol);
      const count = node < 0 ? 0 : (n[node] ?? 0);
      p = (count - discount(count, length + 1) + (back[context] ?? 0) * p) / all;
    }
    return p;
  };
  /** Contexts after one more symbol. */
  const after = (contexts: readonly number[], symbol: number): readonly number[] => {
    const longer = contexts.slice(0, order - 1).map((context) => child(context, symbol));
    const known = longer.indexOf(-1);
    return [0, ...(known < 0 ? longer : longer.slice(0, known))];
  };
  const contextsOf = (context: ArrayLike<number>): readonly number[] => Array.from(context).slice(-order).reduce(after, [0]);
  const spread = (contexts: readonly number[]): Float64Array =>
    Float64Array.from({ length: size }, (_, symbol) => probability(contexts, symbol));
  return {
    ...{ order, discounts, taken },
    distribution: (context) => spread(contextsOf(context)),
    bits(codes) {
      let sum = 0;
      let contexts: readonly number[] = after([0], codes[0] ?? 0);
      for (const symbol of codes.subarray(1)) {
        sum -= Math.log2(probability(contexts, symbol));
        contexts = after(contexts, symbol);
      }
      return sum / (codes.length - 1);
    },
    write(context, length, dice) {
      let contexts = contextsOf(context);
      return Int32Array.from(dice.uniform(length), (unit) => {
        const symbol = drawn(spread(contexts), unit);
        contexts = after(contexts, symbol);
        return symbol;
      });
    },
  };
}

/** How many n-grams of an order have a count of 1, 2, 3 and 4. */
function countsOfCounts(n: Int32Array, depth: Int32Array, order: number): readonly number[] {
  const counts = [0, 0, 0, 0];
  n.forEach((count, node) => {
    if (depth[node] === order && count >= 1 && count <= 4) counts[count - 1] = (counts[count - 1] ?? 0) + 1;
  });
  return counts;
}

/** Where too few are counted for the formulas, as of single letters: half of one, as much again for each more. */
const fallback: Discounts = [0.5, 1, 1.5];

/** Chen & Goodman 1999, equations 17 and 26: Y = n₁ / (n₁ + 2 n₂); D = Y, or D₁ = 1 − 2 Y n₂/n₁, D₂ = 2 − 3 Y n₃/n₂, D₃ = 3 − 4 Y n₄/n₃. */
export function discountsOf([n1 = 0, n2 = 0, n3 = 0, n4 = 0]: readonly number[], discounts: 1 | 3): Discounts {
  const y = n1 / (n1 + 2 * n2);
  if (discounts === 1) return n1 > 0 && n2 > 0 ? [y, y, y] : [fallback[0], fallback[0], fallback[0]];
  const three: Discounts = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
  return three.every((each, i) => each > 0 && each <= i + 1) ? three : fallback;
}

function drawn(distribution: Float64Array, unit: number): number {
  let sum = 0;
  const found = distribution.findIndex((p) => (sum += p) > unit);
  return found < 0 ? distribution.length - 1 : found; // rounding left the sum below what was drawn
}
