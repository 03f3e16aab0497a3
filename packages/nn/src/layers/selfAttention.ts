// Any attention of core as a layer: of one sequence to itself, or of queries to the keys and values of another.
import { where } from "@sluice/core";
import type { Attention, AttentionCache, AttentionResult, AttentionSizes, Causal, Tensor, Tree, Weight, WeightTensors } from "@sluice/core";
import { boolean, finite, fraction, oneOf, positive } from "@sluice/core/arguments";
import { either, layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { callable, withAlso } from "./callable.ts";
import { sequenceOf, shapeMismatch } from "./checks.ts";
import type { ArraysOf, Known, LayerName } from "./known.ts";
import type { Beside, Built, LayerContext, LayerDefinition, RandomMask, Stepped, Symbolic } from "./layer.ts";
import { position, positionIn, stepsAtMost, within } from "./position.ts";
import { specsOf } from "./recurrentState.ts";
import type { Spec } from "./spec.ts";
import { declaredIn, type ActivityOption } from "./weightOptions.ts";

export interface SelfAttentionConfig {
  /**
   * Steps attend to themselves and what came before only: with true or "end" the last query to all keys; with "start", as in Keras, query i to keys 0 … i.
   * Where x attends to itself that is the same. Default false.
   */
  readonly causal?: Causal;
  /** Add x to the output. Default false. */
  readonly residual?: boolean;
  /** Scores are bent to within ±softCap, by softCap·tanh(score / softCap). Default not. */
  readonly softCap?: number;
  /** Probability that a weight is dropped in training, in [0, 1). Default 0. */
  readonly dropout?: number;
  /** Fixes this layer's dropout masks; by default they follow from the seed of `compile` and the layer's name. */
  readonly seed?: number;
  readonly name?: string;
}

export const selfAttentionTable = {
  causal: preset(either(boolean, oneOf("start", "end")), false),
  residual: preset(boolean, false),
  softCap: optional(positive),
  dropout: preset(fraction, 0),
  seed: optional(finite),
  name: optional(layerName),
} satisfies Table<SelfAttentionConfig>;

/** What attention gives: its output and, as `scores`, how much each query looks at each key, [batch, queries, keys] or [batch, heads, queries, keys]. */
export type Attended = Symbolic & { readonly scores: Symbolic };

export interface AttentionLayer extends LayerDefinition {
  /** x [batch, queries, features]; `value` and `key` [batch, keys, …], each the other's default; without either x attends to itself. */
  (x: Symbolic, beside?: { readonly key?: Symbolic; readonly value?: Symbolic }): Attended;
}

/** The same with weights that are declared as P. */
export type KnownAttention<K extends string, N extends LayerName, P> = AttentionLayer & Known<K, N, ArraysOf<P>>;

/** The layer of `kind`; `heads` where scores are [batch, heads, queries, keys]. `config` was checked. */
export function selfAttention<P>(
  kind: string,
  module: Attention<P>,
  config: SelfAttentionConfig & ActivityOption,
  heads?: number,
): AttentionLayer {
  return callable({
    kind,
    config,
    reads: ["key", "value"],
    also: { scores: true } as const,
    build: (input: Spec, who: string, beside: Beside<Spec> = {}) => built({ module, config, heads, input, who, beside }),
  }) as unknown as AttentionLayer; // a call gives what `also` says
}

/** What options call the weights of projections, where there are some. */
const projections = { wq: "kernel", wk: "kernel", wv: "kernel", wo: "kernel", bq: "bias", bk: "bias", bv: "bias", bo: "bias" };

interface Attending<P> {
  readonly module: Attention<P>;
  readonly config: SelfAttentionConfig & ActivityOption;
  readonly heads: number | undefined;
  readonly input: Spec;
  readonly who: string;
  readonly beside: Beside<Spec>;
}

function built<P>({ module, config, heads, input, who, beside }: Attending<P>): Built {
  const { causal, residual, softCap, dropout: rate, seed } = filled(selfAttentionTable, config);
  const [queries, query] = sequenceOf(who, input);
  const given = beside as { readonly key?: Spec; readonly value?: Spec }; // single ones, by the type of the call
  const key = given.key ?? given.value ?? input,
    value = given.value ?? key;
  const [keys, keySize] = sequenceOf(`${who} key`, key),
    [values, valueSize] = sequenceOf(`${who} value`, value);
  if (keys !== values) throw shapeMismatch(who, `a value for each of ${keys} keys`, value);
  const sizes = { query, key: keySize, value: valueSize },
    size = module.outputSize(sizes);
  if (residual && size !== query) throw shapeMismatch(who, `${size} features to add x to what it gives`, input);
  const axes = [...(heads === undefined ? [] : ["heads"]), "queries", "keys"],
    shape = [...(heads === undefined ? [] : [heads]), queries, keys];
  const drawn: RandomMask = { shape, rate, ...(seed !== undefined && { seed }) };
  const output: Spec = { shape: [queries, size], axes: ["steps", "units"], dtype: "float" };
  return {
    output,
    also: { scores: { shape, axes, dtype: "float" } },
    weights: declaredIn(module.weights(sizes) as Tree<Weight>, projections, config), // P is a record of weights
    activityRegularizer: config.activityRegularizer,
    ...(rate > 0 && { drawn }),
    ...stepsOf({ module, sizes, who, heads: heads !== undefined, isSelf: Object.keys(beside).length === 0, causal, softCap, residual }),
    apply(weights, x, context) {
      const given = (context.beside ?? {}) as { readonly key?: Tensor; readonly value?: Tensor }; // likewise
      const { output, weights: scores } = module.run(weights as WeightTensors<P>, {
        query: x,
        ...{ key: given.key ?? given.value, value: given.value },
        ...{ causal, softCap, mask: keysThatCount(context, heads !== undefined) },
        dropout: context.drawn as Tensor | undefined, // the one declared above
        residual: residual ? x : undefined,
      });
      return withAlso(output, { scores });
    },
  };
}

interface Stepping<P> {
  readonly module: Attention<P>;
  readonly sizes: AttentionSizes;
  readonly who: string;
  readonly heads: boolean;
  readonly isSelf: boolean;
  readonly causal: Causal;
  readonly softCap: number | undefined;
  readonly residual: boolean;
}

/** One query at a time: to the keys and values so far, which are kept, or to others that are known before. Otherwise it reads what is yet to come. */
function stepsOf<P>({ module, sizes, who, heads, isSelf, causal, softCap, residual }: Stepping<P>): Pick<Built, "stepwise"> {
  if (isSelf !== (causal !== false)) return {};
  const query = (x: Tensor): { readonly query: Tensor; readonly softCap: number | undefined; readonly residual: Tensor | undefined } => ({
    query: x.expand(1),
    softCap,
    residual: residual ? x.expand(1) : undefined,
  });
  const one = ({ output, weights: scores }: AttentionResult): Pick<Stepped, "output" | "also"> => ({
    output: output.squeeze(1),
    also: { scores: scores.squeeze(-2) },
  });
  if (!isSelf)
    return {
      stepwise: () => ({
        state: {},
        step: (weights, x, { beside = {}, besideMasks }) => {
          const { key, value } = beside as { readonly key?: Tensor; readonly value?: Tensor }; // single ones, by the type of the call
          const mask = keysThatCount({ beside, ...(besideMasks !== undefined && { besideMasks }) }, heads);
          return { ...one(module.run(weights as WeightTensors<P>, { ...query(x), key: key ?? value, value, mask })), state: {} };
        },
      }),
    };
  return {
    stepwise: ({ maxSteps }) => {
      const room = stepsAtMost(who, maxSteps);
      const cache = specsOf(module.cache({ query: sizes.query }, room));
      return {
        state: { cache, position },
        step(weights, x, { state }) {
          const { cache: before } = state as unknown as { readonly cache: AttentionCache<Tensor> }; // as declared above
          const at = positionIn(state);
          const { cache: after, ...result } = module.step(weights as WeightTensors<P>, { ...query(x), cache: before, position: at });
          const given = one(result);
          return {
            ...given,
            output: within(room, at, given.output as Tensor),
            state: { cache: after as unknown as Tree<Tensor>, position: at.add(1) },
          }; // of one value; likewise
        },
      };
    },
  };
}

/** Of the keys and values where they are given, otherwise of x: [batch, 1, keys], or [batch, 1, 1, keys]. */
function keysThatCount({ mask, beside = {}, besideMasks = {} }: LayerContext, heads: boolean): Tensor | undefined {
  const { key, value } = besideMasks as { readonly key?: Tensor; readonly value?: Tensor }; // as the layer reads single ones
  const isSelf = beside["key"] === undefined && beside["value"] === undefined;
  const found = [isSelf ? mask : undefined, key, value].filter((each) => each !== undefined);
  if (found.length === 0) return undefined;
  const all = found.reduce((both, each) => where(both, each, 0));
  return heads ? all.expand(1).expand(1) : all.expand(1);
}
