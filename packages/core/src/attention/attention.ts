// Attention by any score, as a module: the score's weights and no projections.
import { checkOneOf, checkSize, record } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import type { Weight } from "../cells/cell.ts";
import { SluiceError } from "../errors.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { additiveAttention, additiveScores, type AdditiveWeights } from "./additive.ts";
import { weigh } from "./attend.ts";
import { cacheSpec, checkCache, written } from "./cache.ts";
import { concatAttention, concatScores, type ConcatWeights } from "./concat.ts";
import { dotAttention, dotScores, scaledDotAttention, scaledDotScores } from "./dot.ts";
import { allSizes, type Attention, type AttentionStepInputs, type AttentionStepResult, inputNames } from "./module.ts";
import { checkOperands } from "./operands.ts";
import type { AttentionOptions, AttentionResult } from "./options.ts";
import { checkStep } from "./step.ts";

/** The weights of each score. */
export interface ScoreWeights<T> {
  readonly dot: Readonly<Record<never, T>>;
  readonly scaledDot: Readonly<Record<never, T>>;
  readonly additive: AdditiveWeights<T>;
  readonly concat: ConcatWeights<T>;
}
export type Score = keyof ScoreWeights<unknown>;

export interface ScoreOptions<S extends Score = Score> {
  /** "dot" and "concat" (Luong et al. 2015), "scaledDot" (Vaswani et al. 2017), "additive" (Bahdanau et al. 2015). */
  readonly score: S;
  /** Width of the additive score's hidden layer; for that score alone, which needs it. */
  readonly units?: number | undefined;
}

interface Kind<S extends Score> {
  weights(sizes: { readonly query: number; readonly key: number; readonly units: number }): ScoreWeights<Weight>[S];
  run(weights: ScoreWeights<Tensor>[S], q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions): AttentionResult;
  scores(weights: ScoreWeights<Tensor>[S], q: Tensor, k: Tensor): Tensor;
}

const kinds: { readonly [S in Score]: Kind<S> } = {
  dot: { weights: () => ({}), run: (_, ...x) => dotAttention(...x), scores: (_, q, k) => dotScores(q, k) },
  scaledDot: { weights: () => ({}), run: (_, ...x) => scaledDotAttention(...x), scores: (_, q, k) => scaledDotScores(q, k) },
  additive: {
    weights: ({ query, key, units }) => ({
      wq: { axes: { query, units }, init: "glorotUniform" },
      wk: { axes: { key, units }, init: "glorotUniform" },
      b: { axes: { units }, init: "zeros" },
      v: { axes: { units }, init: "glorotUniform" },
    }),
    run: additiveAttention,
    scores: additiveScores,
  },
  concat: {
    weights: ({ query, key }) => ({
      wa: { axes: { features: query + key }, init: "glorotUniform" },
      b: { axes: { one: 1 }, init: "zeros" },
    }),
    run: concatAttention,
    scores: concatScores,
  },
};

/**
 * Attention with the weights of its score: what `dotAttention`, `scaledDotAttention`, `additiveAttention` or `concatAttention` computes.
 *
 * query [batch, queries, features], key and value likewise → output [batch, queries, value features], weights [batch, queries, keys].
 * Throws INVALID_ARGUMENT for an unknown score, and for units that are missing or not asked for.
 */
export function attention<const S extends Score>(options: ScoreOptions<S>): Attention<ScoreWeights<Weight>[S]> {
  const who = "attention",
    { score, units } = named<ScoreOptions<S>>(who, options, { score: true, units: true });
  checkOneOf(who, "score", score, Object.keys(kinds) as Score[]);
  if (score === "additive") checkSize(who, "units", units as number);
  else if (units !== undefined)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `the score "${score}" has no units`,
      fix: "Leave units out",
      facts: { score },
    });
  const kind: Kind<S> = kinds[score],
    name = `${score}Attention`;
  return {
    name,
    weights: (sizes) => kind.weights({ ...allSizes(who, sizes), units: units ?? 0 }),
    outputSize: (sizes) => allSizes(who, sizes).value,
    run: (weights, inputs) => {
      const { query, key = query, value = key, ...rest } = named(name, inputs, inputNames, "inputs");
      return kind.run(weights as unknown as ScoreWeights<Tensor>[S], query, key, value, rest); // a tensor for each weight
    },
    cache: (sizes, length) => {
      const { key, value } = allSizes(who, sizes);
      return cacheSpec(who, length, { keys: key, ...(sizes.value !== undefined && { values: value }) });
    },
    step: (weights, inputs) =>
      scope(`${name}.step`, () => {
        const own = record(who, weights as unknown as ScoreWeights<Tensor>[S], "weights"), // a tensor for each weight
          scores: Scores = (q, k) => kind.scores(own, q, k);
        return step(name, scores, inputs);
      }),
  };
}

type Scores = (q: Tensor, k: Tensor) => Tensor;

function step(name: string, scores: Scores, inputs: AttentionStepInputs): AttentionStepResult {
  const { query, key, value, cache, position, ...options } = checkStep(inputs),
    rows = { keys: key, ...(inputs.value !== undefined && { values: value }) };
  checkCache(name, cache, rows);
  const kept = written(cache, rows, position),
    { q, k, v } = checkOperands({ q: query, k: kept.keys, v: kept.values ?? kept.keys }, options);
  return { ...weigh(scores(q, k), v, { ...options, position }), cache: kept };
}
