// The LSTM layer.
import { lstm as cell, type LstmOptions, type LstmWeights } from "@sluice/core";
import { boolean, finite, positive, size } from "@sluice/core/arguments";
import { given, optional, preset, without, type Table } from "../options/table.ts";
import { anyActivation } from "./cellActivation.ts";
import type { LayerName, Naming } from "./known.ts";
import { recurrentLayer, recurrentTable, type KnownRecurrent, type RecurrentConfig } from "./recurrent.ts";
import { recurrentWeightTable, type RecurrentWeightOptions } from "./recurrentWeights.ts";

/** The options of the cell are those of `lstm` in core: peepholes, coupled gates, projection, layer normalisation, clip, activations. */
export interface LstmConfig extends RecurrentConfig, RecurrentWeightOptions, LstmOptions {}

export const lstmTable = {
  ...recurrentTable,
  ...recurrentWeightTable,
  peepholes: preset(boolean, false),
  coupled: preset(boolean, false),
  projection: optional(size),
  layerNorm: preset(boolean, false),
  cellClip: optional(positive),
  forgetBias: preset(finite, 1),
  activation: preset(anyActivation, "tanh"),
  recurrentActivation: preset(anyActivation, "sigmoid"),
} satisfies Table<LstmConfig>;

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`; with `projection` that many instead of units.
 * `wx` [features, 4·units], `wh` [units, 4·units], `b` [4·units] and what the options ask for; gate columns input, forget, candidate,
 * output. Throws as `recurrent` and core's `lstm` do.
 */
export function lstm<const N extends LayerName = undefined>(
  options: LstmConfig & Naming<N>,
): KnownRecurrent<"lstm", N, LstmWeights<boolean, number | undefined, boolean>, "h" | "c"> {
  const config = given<LstmConfig>("lstm", lstmTable, options);
  return recurrentLayer("lstm", cell(without(config, { ...recurrentTable, ...recurrentWeightTable })), config);
}
