// Attention in several heads (Vaswani et al. 2017), which may share keys and values in groups (Ainslie et al. 2023).
import { checkBoolean, checkPositive, checkSize, record } from "../arguments/checks.ts";
import { type Names, options as named } from "../arguments/options.ts";
import type { Weight } from "../cells/cell.ts";
import { checkNamed } from "../cells/checkTensors.ts";
import { SluiceError } from "../errors.ts";
import { rotary as turn, type RotaryOptions } from "../positions/rotary.ts";
import { add } from "../trace/arithmetic.ts";
import { reshape } from "../trace/movement.ts";
import { scope } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { weigh } from "./attend.ts";
import { cacheSpec, checkCache, written } from "./cache.ts";
import { scaledDotScores } from "./dot.ts";
import { merge, perHead, split } from "./heads.ts";
import type { Hiding } from "./hide.ts";
import {
  allSizes,
  type Attention,
  type AttentionInputs,
  type AttentionSizes,
  type AttentionStepInputs,
  type AttentionStepResult,
  checkSequences,
} from "./module.ts";
import { spread } from "./fits.ts";
import type { Operands } from "./operands.ts";
import type { AttentionOptions, AttentionResult } from "./options.ts";
import { withoutPadding } from "./padding.ts";
import { project, projections, type Projections } from "./projections.ts";
import { checkStep } from "./step.ts";

export interface MultiHeadOptions {
  readonly heads: number;
  /** Heads of keys and values: head h reads number ⌊h·keyValueHeads / heads⌋. Divides `heads`. Default `heads`. */
  readonly keyValueHeads?: number | undefined;
  /** Columns of a head's queries and keys. Default the query's features / heads. */
  readonly size?: number | undefined;
  /** Columns of a head's values. Default `size`. */
  readonly valueSize?: number | undefined;
  /** Default true. */
  readonly useBias?: boolean | undefined;
  /** Features of the output. Default the query's. */
  readonly outputSize?: number | undefined;
  /** Turns queries and keys by their positions, counted from 0 (Su et al. 2021). Default false. */
  readonly rotary?: boolean | Pick<RotaryOptions, "base" | "interleaved"> | undefined;
}

/**
 * Attention in `heads` heads, each on its own columns of the projections (Vaswani et al. 2017, section 3.2.2):
 *
 *     headₕ = softmax(qₕ·kₕᵀ / √size)·vₕ        of q = query·wq + bq, k = key·wk + bk, v = value·wv + bv
 *     output = [head₀ head₁ …]·wo + bo
 *
 * query [batch, queries, features], key and value [batch, keys, features] → output [batch, queries, outputSize] and
 * weights [batch, heads, queries, keys], the shape that mask, bias and dropout broadcast to; residual to the output. Without a key it is self-attention.
 * Matrices start Glorot uniform, biases at zero. Throws INVALID_ARGUMENT for sizes that are no whole numbers above 0 or do not divide;
 * while tracing as `attend` does.
 */
export function multiHeadAttention(options: MultiHeadOptions): Attention<Projections<Weight>> {
  const { heads, keyValueHeads = heads, size, valueSize, outputSize, useBias = true } = named(name, options, names);
  checkBoolean(name, "useBias", useBias);
  checkRotary(options.rotary);
  for (const [option, value] of Object.entries({ heads, keyValueHeads, size, valueSize, outputSize }))
    if (value !== undefined) checkSize(name, option, value);
  if (heads % keyValueHeads !== 0) throw indivisible(`keyValueHeads ${keyValueHeads} must divide heads ${heads}`);
  const columnsOf = (sizes: AttentionSizes): Columns => {
    const { query } = allSizes(name, sizes),
      own = size ?? query / heads,
      ofValues = valueSize ?? own;
    if (!Number.isInteger(own)) throw indivisible(`heads ${heads} must divide the query's features ${query}, where no size is given`);
    return { q: heads * own, k: keyValueHeads * own, v: keyValueHeads * ofValues, heads: heads * ofValues };
  };
  return {
    name,
    outputSize: ({ query }) => outputSize ?? query,
    weights: (sizes) => {
      const { query, key, value } = allSizes(name, sizes),
        columns = columnsOf(sizes);
      const shapes = {
        q: [query, columns.q],
        k: [key, columns.k],
        v: [value, columns.v],
        o: [columns.heads, outputSize ?? query],
      } as const;
      return projections(shapes, useBias);
    },
    run: (weights, inputs) => scope(name, () => run(weights, inputs, options)),
    cache: (sizes, length) => {
      const { k, v } = columnsOf(sizes);
      return cacheSpec(name, length, { keys: k, values: v });
    },
    step: (weights, inputs) => scope(`${name}.step`, () => step(weights, inputs, options)),
  };
}

/** Of each projection, and of the heads side by side. */
type Columns = Readonly<Record<"q" | "k" | "v" | "heads", number>>;

const name = "multiHeadAttention";
const matrices = ["wq", "wk", "wv", "wo"];
const biases = ["bq", "bk", "bv", "bo"];

const names: Names<MultiHeadOptions> = {
  heads: true,
  keyValueHeads: true,
  size: true,
  valueSize: true,
  useBias: true,
  outputSize: true,
  rotary: true,
};

function checkRotary(rotary: MultiHeadOptions["rotary"]): void {
  if (rotary === undefined || typeof rotary === "boolean") return;
  const { base, interleaved } = named(name, rotary, { base: true, interleaved: true }, "rotary");
  if (base !== undefined) checkPositive(name, "base of rotary", base);
  if (interleaved !== undefined) checkBoolean(name, "interleaved of rotary", interleaved);
}

function run(w: Projections<Tensor>, inputs: AttentionInputs, options: MultiHeadOptions): AttentionResult {
  const given = checkSequences(inputs),
    grouping = groupingOf(options),
    whole = scoresOf(given.query, given.key, options),
    { query, key, value, ...rest } = withoutPadding(given, inputs, whole, true);
  checkWeights(w, "run");
  const q = turned(split("query·wq", project(query, w.wq, w.bq), grouping.queries), options),
    k = turned(split("key·wk", project(key, w.wk, w.bk), grouping.keys), options),
    v = split("value·wv", project(value, w.wv, w.bv), grouping.keys);
  return attended(w, { q, k, v }, rest, { whole, heads: grouping.queries });
}

/** Keys are kept as they are after projection and turning, so that what is kept is done with: a step projects its own row alone. */
function step(w: Projections<Tensor>, inputs: AttentionStepInputs, options: MultiHeadOptions): AttentionStepResult {
  const { query, key, value, cache, position, ...rest } = checkStep(inputs),
    grouping = groupingOf(options);
  checkWeights(w, "step");
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
  return { ...attended(w, { q, k, v }, { ...rest, position }, { whole, heads: grouping.queries }), cache: kept };
}

/** The heads of queries, and those of keys and values, as axes that broadcast. */
interface Grouping {
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

function groupingOf({ heads, keyValueHeads = heads }: MultiHeadOptions): Grouping {
  return keyValueHeads < heads
    ? { queries: [keyValueHeads, heads / keyValueHeads], keys: [keyValueHeads, 1] }
    : { queries: [heads], keys: [heads] };
}

function turned(x: Tensor, { rotary = false }: MultiHeadOptions, at: Pick<RotaryOptions, "offset" | "length"> = {}): Tensor {
  return rotary === false ? x : turn(x, { ...(rotary === true ? {} : rotary), ...at });
}

/** [batch, heads, queries, keys] */
function scoresOf(query: Tensor, key: Tensor, { heads }: MultiHeadOptions): readonly number[] {
  const [batch, queries] = query.shape as [number, number, number],
    [, keys] = key.shape as [number, number, number];
  return [batch, heads, queries, keys];
}

interface ScoreShape {
  /** [batch, heads, queries, keys] */
  readonly whole: readonly number[];
  /** The axes that those of the queries are in. */
  readonly heads: readonly number[];
}

/** From the heads of queries, keys and values, each [batch, …heads, steps, size], to the output. */
function attended(
  w: Projections<Tensor>,
  { q, k, v }: Operands,
  options: AttentionOptions & Hiding,
  { whole, heads }: ScoreShape,
): AttentionResult {
  const { mask, bias, dropout, residual, ...rest } = options;
  const grouped = (option: string, x: Tensor | undefined): Tensor | undefined => x && perHead(option, x, whole, heads);
  const { output, weights } = weigh(scaledDotScores(q, k), v, {
    ...rest,
    mask: grouped("mask", mask),
    bias: grouped("bias", bias),
    dropout: grouped("dropout", dropout),
  });
  const projected = project(merge(output), w.wo, w.bo).named("batch", "queries", "features");
  return {
    output: residual === undefined ? projected : add(spread("residual", residual, projected.shape), projected),
    weights: reshape(weights, whole).named("batch", "heads", "queries", "keys"),
  };
}

/** Throws INVALID_ARGUMENT for a matrix that is missing, and whatever is no tensor or unknown; biases may be left out. */
function checkWeights(given: Projections<Tensor>, verb: "run" | "step"): void {
  const there = record(name, given, "weights");
  const known = [...matrices, ...biases.filter((bias) => Object.hasOwn(there, bias))];
  checkNamed({ who: `${name}.${verb}`, cell: name, one: "weight", all: "weights" }, known, given);
}

function indivisible(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: name, what });
}
