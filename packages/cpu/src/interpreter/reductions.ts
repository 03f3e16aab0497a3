// The loops of a reduction, per way to combine: halving a block, and taking its result into the totals.
import type { ReduceStep } from "@sluice/core";

export interface Reduction {
  /** Of nothing. */
  readonly identity: number;
  /** out[i] = from[i] ∘ from[i + kept] for i < pairs, and from[i] for the others below `kept`. */
  readonly halve: (out: Float64Array, from: Float64Array, pairs: number, kept: number) => void;
  /** sums[i] = sums[i] ∘ values[i] for i < n; `compensation` collects what rounding loses. */
  readonly addBlock: (sums: Float64Array, compensation: Float64Array, values: Float64Array, n: number) => void;
}

export const reductions: { readonly [C in ReduceStep["combine"]]: Reduction } = {
  sum: {
    identity: 0,
    halve(out, from, pairs, kept) {
      for (let i = 0; i < pairs; i++) out[i] = from[i]! + from[i + kept]!;
      if (out !== from) for (let i = pairs; i < kept; i++) out[i] = from[i]!;
    },
    // Two-sum (Knuth, TAOCP 4.2.2, theorem B): s + e = x + y exactly, so the error of a long sum does not grow with its length.
    addBlock(sums, compensation, values, n) {
      for (let i = 0; i < n; i++) {
        const x = sums[i]!;
        const y = values[i]!;
        const s = x + y;
        const z = s - x;
        sums[i] = s;
        compensation[i] = compensation[i]! + (x - (s - z) + (y - z));
      }
    },
  },
  max: {
    identity: -Infinity,
    halve(out, from, pairs, kept) {
      for (let i = 0; i < pairs; i++) out[i] = Math.max(from[i]!, from[i + kept]!);
      if (out !== from) for (let i = pairs; i < kept; i++) out[i] = from[i]!;
    },
    addBlock(sums, _compensation, values, n) {
      for (let i = 0; i < n; i++) sums[i] = Math.max(sums[i]!, values[i]!);
    },
  },
};
