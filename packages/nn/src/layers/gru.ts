// The GRU layer.
import { gru as cell, SluiceError, type GruOptions, type GruWeights } from "@sluice/core";
import { boolean, oneOf } from "@sluice/core/arguments";
import { given, optional, preset, without, type Table } from "../options/table.ts";
import { anyActivation } from "./cellActivation.ts";
import { cellLayerTable, type CellLayerConfig } from "./cellLayer.ts";
import type { LayerName, Naming } from "./known.ts";
import { recurrentLayer, type KnownRecurrent } from "./recurrent.ts";

/** The options of the cell are those of `gru` in core: biases, reset, update, layer normalisation, activations. */
export interface GruConfig extends CellLayerConfig, GruOptions {
  /** Keras's word for `reset`: "after" the recurrent product (true, the default) or "before" it (false). One of the two may be given. */
  readonly resetAfter?: boolean;
}

export const gruTable = {
  ...cellLayerTable,
  reset: optional(oneOf("after", "before", "none")), // "after", unless `resetAfter` says otherwise
  resetAfter: optional(boolean),
  update: preset(oneOf("keeps", "replaces"), "keeps"),
  layerNorm: preset(boolean, false),
  useBias: preset(boolean, true),
  activation: preset(anyActivation, "tanh"),
  recurrentActivation: preset(anyActivation, "sigmoid"),
} satisfies Table<GruConfig>;

/**
 * Gated recurrent unit (Cho et al. 2014), over a sequence. Unless `update` says otherwise the update gate keeps the old state:
 * h' = z∘h + (1 − z)∘n.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, 3·units], `wh` [units, 3·units], `b` [3·units], `bh` [units] with reset "after", and what the options ask for; gate
 * columns update, reset, candidate. Throws INVALID_ARGUMENT where both `reset` and `resetAfter` are given, and as `recurrent` and core's
 * `gru` do.
 */
export function gru<const N extends LayerName = undefined>(
  options: GruConfig & Naming<N>,
): KnownRecurrent<"gru", N, GruWeights<NonNullable<GruOptions["reset"]>, boolean, boolean>, "h"> {
  const config = given<GruConfig>("gru", gruTable, options),
    { reset, resetAfter, ...others } = without(config, cellLayerTable);
  if (reset !== undefined && resetAfter !== undefined) {
    const what = `reset "${reset}" and resetAfter ${resetAfter} say the same thing twice`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "gru", what, fix: "Give one of them", facts: { reset, resetAfter } });
  }
  return recurrentLayer("gru", cell({ ...others, reset: reset ?? (resetAfter === false ? "before" : "after") }), config);
}
