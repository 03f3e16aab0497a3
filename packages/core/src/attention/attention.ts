// Attention by any score, as a module: the score's weights and no projections.
import { record } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import type { Weight } from "../cells/cell.ts";
import { checkNamed } from "../cells/checkTensors.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import type { AdditiveWeights, PlainAdditiveWeights } from "./additive.ts";
import { weigh } from "./attend.ts";
import { cacheSpec, checkCache, written } from "./cache.ts";
import type { DotWeights } from "./dot.ts";
import { allSizes, type Attention, type AttentionStepInputs, type AttentionStepResult, inputNames } from "./module.ts";
import { checkOperands } from "./operands.ts";
import { checkScore, type Score, scoreKinds, type ScoreParts, type ScoreWeights } from "./scores.ts";
import { checkStep } from "./step.ts";

export interface ScoreOptions<S extends Score = Score> extends ScoreParts {
  /** "dot" and "concat" (Luong et al. 2015), "scaledDot" (Vaswani et al. 2017), "additive" (Bahdanau et al. 2015). */
  readonly score: S;
  /** Width of the additive score's hidden layer; for that score with projections alone, which needs it. */
  readonly units?: number | undefined;
}

/** The weights that the options ask for. */
export type AttentionWeights<S extends Score, UseScale, UseProjections> = S extends "dot"
  ? UseScale extends true
    ? DotWeights<Weight>
    : ScoreWeights<Weight>["dot"]
  : S extends "additive"
    ? UseProjections extends false
      ? PlainAdditiveWeights<Weight>
      : UseScale extends false
        ? Omit<AdditiveWeights<Weight>, "v">
        : AdditiveWeights<Weight>
    : ScoreWeights<Weight>[S];

/**
 * Attention with the weights of its score: what `dotAttention`, `scaledDotAttention`, `additiveAttention` or `concatAttention` computes, and with `useScale`
 * scale·q·k of a learnt scale.
 *
 * query [batch, queries, features], key and value likewise → output [batch, queries, value features], weights [batch, queries, keys].
 * Throws INVALID_ARGUMENT for an unknown score, and for units, a scale or projections that are missing or that it does not have.
 */
export function attention<
  const S extends Score,
  const UseScale extends boolean | undefined = undefined,
  const UseProjections extends boolean | undefined = undefined,
>(
  options: ScoreOptions<S> & { readonly useScale?: UseScale; readonly useProjections?: UseProjections },
): Attention<AttentionWeights<S, UseScale, UseProjections>> {
  const who = "attention",
    { score, ...parts } = named<ScoreOptions<S>>(who, options, { score: true, units: true, useScale: true, useProjections: true });
  checkScore(who, score, parts);
  const kind = scoreKinds[score],
    name = `${score}Attention`;
  const known = Object.keys(kind.weights({ query: 1, key: 1, ...parts, units: 1 }));
  const checked = (verb: string, weights: object): Tensors => {
    checkNamed({ who: verb, cell: name, one: "weight", all: "weights" }, known, record(name, weights, "weights"));
    return weights as Tensors; // as was just seen
  };
  return {
    name,
    weights: (sizes) =>
      kind.weights({ ...allSizes(who, sizes), ...parts, units: parts.units ?? 0 }) as AttentionWeights<S, UseScale, UseProjections>, // as the options say
    outputSize: (sizes) => allSizes(who, sizes).value,
    run: (weights, inputs) => {
      const { query, key = query, value = key, ...rest } = named(name, inputs, inputNames, "inputs"),
        own = checked(`${name}.run`, weights);
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
        const own = checked(`${name}.step`, weights),
          scores: Scores = (q, k) => kind.scores(own, q, k);
        return step(name, scores, inputs);
      }),
  };
}

type Tensors = Readonly<Record<string, Tensor>>;
type Scores = (q: Tensor, k: Tensor) => Tensor;

function step(name: string, scores: Scores, inputs: AttentionStepInputs): AttentionStepResult {
  const { query, key, value, cache, position, ...options } = checkStep(inputs),
    rows = { keys: key, ...(inputs.value !== undefined && { values: value }) };
  checkCache(name, cache, rows);
  const kept = written(cache, rows, position),
    { q, k, v } = checkOperands({ q: query, k: kept.keys, v: kept.values ?? kept.keys }, options);
  return { ...weigh(scores(q, k), v, { ...options, position }), cache: kept };
}
