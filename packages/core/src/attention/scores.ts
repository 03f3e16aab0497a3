// The scores by name: their weights, and what they make of queries and keys. Heads have weights of their own, along leading axes.
import { checkBoolean, checkOneOf, checkSize } from "../arguments/checks.ts";
import type { Weight } from "../cells/cell.ts";
import { SluiceError } from "../errors.ts";
import type { Tensor } from "../trace/tensor.ts";
import { additiveScores, type AdditiveWeights } from "./additive.ts";
import { concatScores, type ConcatWeights } from "./concat.ts";
import { learntDotScores, scaledDotScores } from "./dot.ts";

/** The weights of each score, as they are by default. */
export interface ScoreWeights<T> {
  readonly dot: Readonly<Record<never, T>>;
  readonly scaledDot: Readonly<Record<never, T>>;
  readonly additive: AdditiveWeights<T>;
  readonly concat: ConcatWeights<T>;
}
export type Score = keyof ScoreWeights<unknown>;

/** What a score may have or do without. */
export interface ScoreParts {
  /** Width of the additive score's hidden layer, where there is one. */
  readonly units?: number | undefined;
  /** "dot": scores are multiplied by a weight `scale`, which starts at 1; default false. "additive": the hidden layer is weighed by `v`; default true. */
  readonly useScale?: boolean | undefined;
  /** "additive": whether queries and keys are projected to the hidden layer. Default true. */
  readonly useProjections?: boolean | undefined;
}

export interface ScoreSizes extends Omit<ScoreParts, "units"> {
  readonly query: number;
  readonly key: number;
  readonly units: number;
}

export interface ScoreKind {
  weights(sizes: ScoreSizes): Readonly<Record<string, Weight>>;
  /** q […, queries, query], k […, keys, key] → […, queries, keys]. */
  scores(weights: Readonly<Record<string, Tensor>>, q: Tensor, k: Tensor): Tensor;
}

export const scoreKinds: { readonly [S in Score]: ScoreKind } = {
  dot: { weights: ({ useScale = false }) => (useScale ? { scale: { axes: { one: 1 }, init: "ones" } } : {}), scores: learntDotScores },
  scaledDot: { weights: () => ({}), scores: (_, q, k) => scaledDotScores(q, k) },
  additive: {
    weights: ({ query, key, units, useScale = true, useProjections = true }) => ({
      ...(useProjections && {
        wq: { axes: { query, units }, init: "glorotUniform" },
        wk: { axes: { key, units }, init: "glorotUniform" },
        b: { axes: { units }, init: "zeros" },
      }),
      ...(useScale && { v: { axes: { units: useProjections ? units : query }, init: "glorotUniform" } }),
    }),
    scores: additiveScores,
  },
  concat: {
    weights: ({ query, key }) => ({
      wa: { axes: { features: query + key }, init: "glorotUniform" },
      b: { axes: { one: 1 }, init: "zeros" },
    }),
    scores: (weights, q, k) => concatScores(weights as ConcatWeights<Tensor>, q, k), // `called` says which is not there
  },
};

/** Throws INVALID_ARGUMENT for an unknown score, and for what it needs and does not get, or gets and does not have. */
export function checkScore(who: string, score: Score, { units, useScale, useProjections }: ScoreParts): void {
  checkOneOf(who, "score", score, Object.keys(scoreKinds) as Score[]);
  for (const [option, value] of Object.entries({ useScale, useProjections })) if (value !== undefined) checkBoolean(who, option, value);
  const isAdditive = score === "additive";
  if (isAdditive && useProjections !== false) checkSize(who, "units", units as number);
  else if (units !== undefined) throw without(who, score, isAdditive ? "units without projections" : "units");
  if (!isAdditive && useProjections !== undefined) throw without(who, score, "projections");
  if (!isAdditive && score !== "dot" && useScale !== undefined) throw without(who, score, "scale of its own");
}

function without(who: string, score: Score, what: string): SluiceError {
  const fix = `Leave ${what.startsWith("units") ? "units" : what === "projections" ? "useProjections" : "useScale"} out`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what: `the score "${score}" has no ${what}`, fix, facts: { score } });
}
