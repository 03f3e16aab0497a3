// A recurrent layer run over the sequence both ways (Schuster & Paliwal 1997).
import { SluiceError, type Merge, type Tensor } from "@sluice/core";
import { oneOf, refused as wrong } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import { callable, isLayer } from "./callable.ts";
import type { AnyWeights, Known, LayerName, Naming } from "./known.ts";
import { Also, type Beside, type Built, type LayerDefinition, type Symbolic } from "./layer.ts";
import type { Recurred, RecurrentLayer, StateValues } from "./recurrent.ts";
import type { Spec } from "./spec.ts";

const merges = { concat: "concat", sum: "sum", ave: "mean", mul: "mul", none: "concat" } as const satisfies Record<string, Merge>;
type MergeMode = keyof typeof merges;

export interface BidirectionalConfig {
  /** How forward and backward outputs meet: side by side (default), added, averaged, multiplied, or, with "none" (Keras's None), not at all. */
  readonly mergeMode?: MergeMode;
  readonly name?: string;
}

export const bidirectionalTable = {
  mergeMode: preset(oneOf("concat", "sum", "ave", "mul", "none"), "concat"),
  name: optional(layerName),
} satisfies Table<BidirectionalConfig>;

/**
 * `layer` forward and, with weights of its own, backward; both read every step.
 *
 * x [batch, steps, features] → [batch, units] or [batch, steps, units] as `layer` says; `concat` gives 2·units, `none` `{ forward, backward }`, two
 * values, for a model of a graph. Its state is `{ forward, backward }`.
 * Throws INVALID_ARGUMENT for an unknown merge mode or a layer that goes backwards already.
 */
export function bidirectional<
  K extends string,
  W = AnyWeights,
  const N extends LayerName = undefined,
  const M extends MergeMode = "concat",
>(
  layer: RecurrentLayer<K> & Known<string, LayerName, W>,
  options: BidirectionalConfig & Naming<N> & { readonly mergeMode?: M } = {},
): BidirectionalLayer<K, M> & Known<"bidirectional", N, { readonly forward: W; readonly backward: W }> {
  const config = given<BidirectionalConfig>("bidirectional", bidirectionalTable, options),
    { mergeMode } = filled(bidirectionalTable, config);
  if (!isRecurrent(layer)) throw wrong("bidirectional", "the layer inside", layer, "a recurrent layer, such as lstm({ units })");
  if (layer.config.goBackwards) throw refused("the layer inside must not set goBackwards: both ways are run anyway");
  if (layer.config.stateful) throw refused("the layer inside must not be stateful: backwards there is no batch before");
  const saved = { ...config, layer: { kind: layer.kind, config: layer.config } };
  const { also, build } = layer.both;
  return callable({
    kind: "bidirectional",
    config: saved,
    reads: ["initialState"],
    ...(mergeMode === "none" && { gives: { forward: true, backward: true } as const }),
    also,
    build: (input: Spec, who: string, beside: Beside<Spec> = {}) => {
      const built = build(merges[mergeMode], input, who, beside);
      return mergeMode === "none" ? apart(built) : built;
    },
  }) as unknown as BidirectionalLayer<K, M>; // a call gives what `gives` and `also` say
}

/** What lies side by side as the values of the two ways. */
function apart(built: Built): Built {
  const output = built.output as Spec, // of one value
    half = (output.shape.at(-1) ?? 0) / 2;
  const each: Spec = { ...output, shape: [...output.shape.slice(0, -1), half] };
  return {
    ...built,
    output: { forward: each, backward: each },
    apply(weights, x, context) {
      const { value, also } = built.apply(weights, x, context) as Also, // with its state
        both = value as Tensor; // likewise
      return new Also({ forward: both.slice(-1, 0, half), backward: both.slice(-1, half) }, also);
    },
  };
}

/** The states of both directions. */
export interface BothStates<K extends string> {
  readonly forward: StateValues<K>;
  readonly backward: StateValues<K>;
}

export interface BidirectionalLayer<K extends string, M extends MergeMode = "concat"> extends LayerDefinition {
  (
    x: Symbolic,
    beside?: { readonly initialState?: BothStates<K> },
  ): [M] extends ["none"]
    ? { readonly forward: Symbolic; readonly backward: Symbolic; readonly state: BothStates<K> }
    : Recurred<BothStates<K>>;
}

function isRecurrent(layer: unknown): boolean {
  return isLayer(layer) && "both" in layer && typeof layer.both === "object";
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "bidirectional", what });
}
