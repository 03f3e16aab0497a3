// Attention by any score, as a module: the score's weights and no projections.
import { checkOneOf, checkSize } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import type { Weight } from "../cells/cell.ts";
import { SluiceError } from "../errors.ts";
import type { Tensor } from "../trace/tensor.ts";
import { additiveAttention, type AdditiveWeights } from "./additive.ts";
import { concatAttention, type ConcatWeights } from "./concat.ts";
import { dotAttention, scaledDotAttention } from "./dot.ts";
import { allSizes, type Attention, inputNames } from "./module.ts";
import type { AttentionOptions, AttentionResult } from "./options.ts";

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
}

const kinds: { readonly [S in Score]: Kind<S> } = {
  dot: { weights: () => ({}), run: (_, ...x) => dotAttention(...x) },
  scaledDot: { weights: () => ({}), run: (_, ...x) => scaledDotAttention(...x) },
  additive: {
    weights: ({ query, key, units }) => ({
      wq: { axes: { query, units }, init: "glorotUniform" },
      wk: { axes: { key, units }, init: "glorotUniform" },
      b: { axes: { units }, init: "zeros" },
      v: { axes: { units }, init: "glorotUniform" },
    }),
    run: additiveAttention,
  },
  concat: {
    weights: ({ query, key }) => ({
      wa: { axes: { features: query + key }, init: "glorotUniform" },
      b: { axes: { one: 1 }, init: "zeros" },
    }),
    run: concatAttention,
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
  const kind: Kind<S> = kinds[score];
  return {
    name: `${score}Attention`,
    weights: (sizes) => kind.weights({ ...allSizes(who, sizes), units: units ?? 0 }),
    outputSize: (sizes) => allSizes(who, sizes).value,
    run: (weights, inputs) => {
      const { query, key = query, value = key, ...rest } = named(`${score}Attention`, inputs, inputNames, "inputs");
      return kind.run(weights as unknown as ScoreWeights<Tensor>[S], query, key, value, rest); // a tensor for each weight
    },
  };
}
