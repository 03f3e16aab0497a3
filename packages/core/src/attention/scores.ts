// The scores by name: their weights, and what they make of queries and keys. Heads have weights of their own, along leading axes.
import { checkOneOf, checkSize } from "../arguments/checks.ts";
import type { Weight } from "../cells/cell.ts";
import { SluiceError } from "../errors.ts";
import type { Tensor } from "../trace/tensor.ts";
import { additiveScores, type AdditiveWeights } from "./additive.ts";
import { concatScores, type ConcatWeights } from "./concat.ts";
import { dotScores, scaledDotScores } from "./dot.ts";

/** The weights of each score. */
export interface ScoreWeights<T> {
  readonly dot: Readonly<Record<never, T>>;
  readonly scaledDot: Readonly<Record<never, T>>;
  readonly additive: AdditiveWeights<T>;
  readonly concat: ConcatWeights<T>;
}
export type Score = keyof ScoreWeights<unknown>;

export interface ScoreKind<S extends Score> {
  weights(sizes: { readonly query: number; readonly key: number; readonly units: number }): ScoreWeights<Weight>[S];
  /** q […, queries, query], k […, keys, key] → […, queries, keys]. */
  scores(weights: ScoreWeights<Tensor>[S], q: Tensor, k: Tensor): Tensor;
}

export const scoreKinds: { readonly [S in Score]: ScoreKind<S> } = {
  dot: { weights: () => ({}), scores: (_, q, k) => dotScores(q, k) },
  scaledDot: { weights: () => ({}), scores: (_, q, k) => scaledDotScores(q, k) },
  additive: {
    weights: ({ query, key, units }) => ({
      wq: { axes: { query, units }, init: "glorotUniform" },
      wk: { axes: { key, units }, init: "glorotUniform" },
      b: { axes: { units }, init: "zeros" },
      v: { axes: { units }, init: "glorotUniform" },
    }),
    scores: additiveScores,
  },
  concat: {
    weights: ({ query, key }) => ({
      wa: { axes: { features: query + key }, init: "glorotUniform" },
      b: { axes: { one: 1 }, init: "zeros" },
    }),
    scores: concatScores,
  },
};

/** Throws INVALID_ARGUMENT for an unknown score, and for units that are missing or not asked for. */
export function checkScore(who: string, score: Score, units: number | undefined): void {
  checkOneOf(who, "score", score, Object.keys(scoreKinds) as Score[]);
  if (score === "additive") checkSize(who, "units", units as number);
  else if (units !== undefined)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `the score "${score}" has no units`,
      fix: "Leave units out",
      facts: { score },
    });
}
