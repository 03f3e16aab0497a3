// A recurrent layer run over the sequence both ways (Schuster & Paliwal 1997).
import { SluiceError } from "@sluice/core";
import { oneOf, refused as wrong } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, given, optional, preset, type Table } from "../options/table.ts";
import { callable, isLayer } from "./callable.ts";
import type { AnyWeights, Known, LayerName, Naming } from "./known.ts";
import type { Beside, LayerDefinition, Symbolic } from "./layer.ts";
import type { Recurred, RecurrentLayer, StateValues } from "./recurrent.ts";
import type { Spec } from "./spec.ts";

const merges = { concat: "concat", sum: "sum", ave: "mean" } as const;

export interface BidirectionalConfig {
  /** How forward and backward outputs meet: side by side (default), added, or averaged. */
  readonly mergeMode?: keyof typeof merges;
  readonly name?: string;
}

export const bidirectionalTable = {
  mergeMode: preset(oneOf("concat", "sum", "ave"), "concat"),
  name: optional(layerName),
} satisfies Table<BidirectionalConfig>;

/**
 * `layer` forward and, with weights of its own, backward; both read every step.
 *
 * x [batch, steps, features] → [batch, units] or [batch, steps, units] as `layer` says; `concat` gives 2·units. Its state is
 * `{ forward, backward }`.
 * Throws INVALID_ARGUMENT for an unknown merge mode or a layer that goes backwards already.
 */
export function bidirectional<K extends string, W = AnyWeights, const N extends LayerName = undefined>(
  layer: RecurrentLayer<K> & Known<string, LayerName, W>,
  options: BidirectionalConfig & Naming<N> = {},
): BidirectionalLayer<K> & Known<"bidirectional", N, { readonly forward: W; readonly backward: W }> {
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
    also,
    build: (input: Spec, who: string, beside: Beside<Spec> = {}) => build(merges[mergeMode], input, who, beside),
  }) as unknown as BidirectionalLayer<K>; // a call gives what `also` says
}

/** The states of both directions. */
export interface BothStates<K extends string> {
  readonly forward: StateValues<K>;
  readonly backward: StateValues<K>;
}

export interface BidirectionalLayer<K extends string> extends LayerDefinition {
  (x: Symbolic, beside?: { readonly initialState?: BothStates<K> }): Recurred<BothStates<K>>;
}

function isRecurrent(layer: unknown): boolean {
  return isLayer(layer) && "both" in layer && typeof layer.both === "object";
}

function refused(what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "bidirectional", what });
}
