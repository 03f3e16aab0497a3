// Attention by any score, as a module: the score's weights and no projections.
import { record } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import type { Weight } from "../cells/cell.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { weigh } from "./attend.ts";
import { cacheSpec, checkCache, written } from "./cache.ts";
import { allSizes, type Attention, type AttentionStepInputs, type AttentionStepResult, inputNames } from "./module.ts";
import { checkOperands } from "./operands.ts";
import { checkScore, type Score, type ScoreKind, scoreKinds, type ScoreWeights } from "./scores.ts";
import { checkStep } from "./step.ts";

export interface ScoreOptions<S extends Score = Score> {
  /** "dot" and "concat" (Luong et al. 2015), "scaledDot" (Vaswani et al. 2017), "additive" (Bahdanau et al. 2015). */
  readonly score: S;
  /** Width of the additive score's hidden layer; for that score alone, which needs it. */
  readonly units?: number | undefined;
}

/**
 * Attention with the weights of its score: what `dotAttention`, `scaledDotAttention`, `additiveAttention` or `concatAttention` computes.
 *
 * query [batch, queries, features], key and value likewise → output [batch, queries, value features], weights [batch, queries, keys].
 * Throws INVALID_ARGUMENT for an unknown score, and for units that are missing or not asked for.
 */
export function attention<const S extends Score>(options: ScoreOptions<S>): Attention<ScoreWeights<Weight>[S]> {
  const who = "attention",
    { score, units } = named<ScoreOptions<S>>(who, options, { score: true, units: true });
  checkScore(who, score, units);
  const kind: ScoreKind<S> = scoreKinds[score],
    name = `${score}Attention`;
  return {
    name,
    weights: (sizes) => kind.weights({ ...allSizes(who, sizes), units: units ?? 0 }),
    outputSize: (sizes) => allSizes(who, sizes).value,
    run: (weights, inputs) => {
      const { query, key = query, value = key, ...rest } = named(name, inputs, inputNames, "inputs"),
        own = record(name, weights as unknown as ScoreWeights<Tensor>[S], "weights"); // a tensor for each weight
      return scope(name, () => {
        const { q, k, v } = checkOperands({ q: query, k: key, v: value }, rest);
        return weigh(kind.scores(own, q, k), v, rest);
      });
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
