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
import { scaledDotScores } from "./dot.ts";
import { merge, perHead, split } from "./heads.ts";
import { allSizes, type Attention, type AttentionInputs, checkSequences } from "./module.ts";
import { spread } from "./fits.ts";
import type { AttentionResult } from "./options.ts";
import { withoutPadding } from "./padding.ts";
import { project, projections, type Projections } from "./projections.ts";

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
  return {
    name,
    outputSize: ({ query }) => outputSize ?? query,
    weights: (sizes) => {
      const { query, key, value } = allSizes(name, sizes),
        own = size ?? query / heads,
        ofValues = valueSize ?? own;
      if (!Number.isInteger(own)) throw indivisible(`heads ${heads} must divide the query's features ${query}, where no size is given`);
      return projections(
        {
          q: [query, heads * own],
          k: [key, keyValueHeads * own],
          v: [value, keyValueHeads * ofValues],
          o: [heads * ofValues, outputSize ?? query],
        },
        useBias,
      );
    },
    run: (weights, inputs) => scope(name, () => run(weights, inputs, options)),
  };
}

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
  const { heads, keyValueHeads = heads, rotary = false } = options,
    given = checkSequences(inputs),
    whole = [given.query.shape[0]!, heads, given.query.shape[1]!, given.key.shape[1]!],
    { query, key, value, mask, bias, dropout, residual, ...rest } = withoutPadding(given, inputs, whole, true);
  checkWeights(w);
  const isGrouped = keyValueHeads < heads,
    ofQueries = isGrouped ? [keyValueHeads, heads / keyValueHeads] : [heads],
    ofKeys = isGrouped ? [keyValueHeads, 1] : [heads];
  const turned = (x: Tensor): Tensor => (rotary === false ? x : turn(x, rotary === true ? {} : rotary)),
    grouped = (option: string, x: Tensor | undefined): Tensor | undefined => x && perHead(option, x, whole, ofQueries);
  const q = turned(split("query·wq", project(query, w.wq, w.bq), ofQueries)),
    k = turned(split("key·wk", project(key, w.wk, w.bk), ofKeys)),
    v = split("value·wv", project(value, w.wv, w.bv), ofKeys);
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
function checkWeights(given: Projections<Tensor>): void {
  const there = record(name, given, "weights");
  const known = [...matrices, ...biases.filter((bias) => Object.hasOwn(there, bias))];
  checkNamed({ who: `${name}.run`, cell: name, one: "weight", all: "weights" }, known, given);
}

function indivisible(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: name, what });
}
