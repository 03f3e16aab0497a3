// Attention in several heads (Vaswani et al. 2017), which may share keys and values in groups (Ainslie et al. 2023).
import { rotary as turn, type RotaryOptions } from "../positions/rotary.ts";
import { add } from "../trace/arithmetic.ts";
import { reshape } from "../trace/movement.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { weigh } from "./attend.ts";
import { cacheSpec, checkCache, written } from "./cache.ts";
import { merge, perHead, split } from "./heads.ts";
import { checkedHeads, type Heads, type MultiHeadOptions, name } from "./headOptions.ts";
import { checkHeadWeights, columnsOf, type HeadTensors, type HeadWeights, headWeights } from "./headWeights.ts";
import type { Hiding } from "./hide.ts";
import { type Attention, type AttentionInputs, type AttentionStepInputs, type AttentionStepResult, checkSequences } from "./module.ts";
import { spread } from "./fits.ts";
import type { Operands } from "./operands.ts";
import type { AttentionOptions, AttentionResult } from "./options.ts";
import { withoutPadding } from "./padding.ts";
import { project } from "./projections.ts";
import { type Score, scoreKinds } from "./scores.ts";
import { checkStep } from "./step.ts";

/**
 * Attention in `heads` heads, each on its own columns of the projections (Vaswani et al. 2017, section 3.2.2):
 *
 *     headₕ = softmax(qₕ·kₕᵀ / √size)·vₕ        of q = query·wq + bq, k = key·wk + bk, v = value·wv + bv
 *     output = [head₀ head₁ …]·wo + bo
 *
 * query [batch, queries, features], key and value [batch, keys, features] → output [batch, queries, outputSize] and
 * weights [batch, heads, queries, keys], the shape that mask, bias and dropout broadcast to; residual to the output. Without a key it is self-attention.
 * Matrices start Glorot uniform, biases at zero. By another `score` it is that of qₕ and kₕ, whose weights, as `score`, have an axis of the heads in
 * front; without projections q, k and v are query, key and value, and the output is [head₀ head₁ …]. Throws INVALID_ARGUMENT for sizes that are no whole
 * numbers above 0 or do not divide, for an unknown score, and for what there is only with projections or another score; while tracing as `attend` does.
 */
export function multiHeadAttention<const S extends Score = "scaledDot", const UseProjections extends boolean = true>(
  options: MultiHeadOptions & { readonly score?: S | undefined; readonly useProjections?: UseProjections | undefined },
): Attention<HeadWeights<S, UseProjections>> {
  const given = checkedHeads(options),
    { outputSize, useProjections } = given;
  const tensors = (weights: unknown): HeadTensors => weights as HeadTensors; // which there are follows from the options
  return {
    name,
    outputSize: (sizes) => (useProjections ? (outputSize ?? sizes.query) : columnsOf(given, sizes).heads),
    weights: (sizes) => headWeights(given, sizes) as HeadWeights<S, UseProjections>, // likewise
    run: (weights, inputs) => scope(name, () => run(tensors(weights), inputs, given)),
    cache: (sizes, length) => {
      const { k, v } = columnsOf(given, sizes);
      return cacheSpec(name, length, { keys: k, values: v });
    },
    step: (weights, inputs) => scope(`${name}.step`, () => step(tensors(weights), inputs, given)),
  };
}

function run(w: HeadTensors, inputs: AttentionInputs, options: Heads): AttentionResult {
  const given = checkSequences(inputs),
    grouping = groupingOf(options),
    whole = scoresOf(given.query, given.key, options),
    { query, key, value, ...rest } = withoutPadding(given, inputs, whole, true);
  checkHeadWeights("run", w, options);
  const q = turned(split("query·wq", project(query, w.wq, w.bq), grouping.queries), options),
    k = turned(split("key·wk", project(key, w.wk, w.bk), grouping.keys), options),
    v = split("value·wv", project(value, w.wv, w.bv), grouping.keys);
  return attended(w, { q, k, v }, rest, { whole, heads: grouping.queries, score: options.score });
}

/** Keys are kept as they are after projection and turning, so that what is kept is done with: a step projects its own row alone. */
function step(w: HeadTensors, inputs: AttentionStepInputs, options: Heads): AttentionStepResult {
  const { query, key, value, cache, position, ...rest } = checkStep(inputs),
    grouping = groupingOf(options);
  checkHeadWeights("step", w, options);
  const own = { keys: project(key, w.wk, w.bk), values: project(value, w.wv, w.bv) },
    length = checkCache(name, cache, own),
    at = { offset: position, length };
  const q = turned(split("query·wq", project(query, w.wq, w.bq), grouping.queries), options, at),
    keys = merge(turned(split("key·wk", own.keys, grouping.keys), options, at)),
    kept = written(cache, { ...own, keys }, position);
  const whole = scoresOf(query, kept.keys, options),
    seen = withoutPadding({ query, key: kept.keys, value: kept.values ?? kept.keys }, rest, whole, true),
    k = split("cache.keys", seen.key, grouping.keys),
    v = split("cache.values", seen.value, grouping.keys);
  return { ...attended(w, { q, k, v }, { ...rest, position }, { whole, heads: grouping.queries, score: options.score }), cache: kept };
}

/** The heads of queries, and those of keys and values, as axes that broadcast. */
interface Grouping {
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

function groupingOf({ heads, keyValueHeads }: Heads): Grouping {
  return keyValueHeads < heads
    ? { queries: [keyValueHeads, heads / keyValueHeads], keys: [keyValueHeads, 1] }
    : { queries: [heads], keys: [heads] };
}

function turned(x: Tensor, { rotary = false }: Heads, at: Pick<RotaryOptions, "offset" | "length"> = {}): Tensor {
  return rotary === false ? x : turn(x, { ...(rotary === true ? {} : rotary), ...at });
}

/** [batch, heads, queries, keys] */
function scoresOf(query: Tensor, key: Tensor, { heads }: Heads): readonly number[] {
  const [batch, queries] = query.shape as [number, number, number],
    [, keys] = key.shape as [number, number, number];
  return [batch, heads, queries, keys];
}

interface Scoring {
  /** [batch, heads, queries, keys] */
  readonly whole: readonly number[];
  /** The axes that those of the queries are in. */
  readonly heads: readonly number[];
  readonly score: Score;
}

/** From the heads of queries, keys and values, each [batch, …heads, steps, size], to the output. */
function attended(
  w: HeadTensors,
  { q, k, v }: Operands,
  options: AttentionOptions & Hiding,
  { whole, heads, score }: Scoring,
): AttentionResult {
  const { mask, bias, dropout, residual, ...rest } = options;
  const own = Object.fromEntries(Object.entries(w.score ?? {}).map(([each, x]) => [each, reshape(x, [...heads, ...x.shape.slice(1)])])); // those of the score
  const grouped = (option: string, x: Tensor | undefined): Tensor | undefined => x && perHead(option, x, whole, heads),
    perQuery = (x: Tensor): Tensor => reshape(x, whole).named("batch", "heads", "queries", "keys");
  const { output, weights, scores } = weigh(scoreKinds[score].scores(own, q, k), v, {
    ...rest,
    mask: grouped("mask", mask),
    bias: grouped("bias", bias),
    dropout: grouped("dropout", dropout),
  });
  const projected = project(merge(output), w.wo, w.bo).named("batch", "queries", "features");
  return {
    output: residual === undefined ? projected : add(spread("residual", residual, projected.shape), projected),
    weights: perQuery(weights),
    scores: perQuery(scores),
  };
}
