// The LSTM layer.
import { lstm as cell, SluiceError, type LstmOptions, type LstmWeights } from "@sluice/core";
import { boolean, finite, positive, size } from "@sluice/core/arguments";
import { given, optional, preset, without, type Table } from "../options/table.ts";
import { anyActivation } from "./cellActivation.ts";
import { cellLayerTable, type CellLayerConfig } from "./cellLayer.ts";
import type { LayerName, Naming } from "./known.ts";
import { recurrentLayer, type KnownRecurrent } from "./recurrent.ts";

/** The options of the cell are those of `lstm` in core: biases, peepholes, coupled gates, projection, layer normalisation, clip, activations. */
export interface LstmConfig extends CellLayerConfig, LstmOptions {
  /** Keras's word for `forgetBias`: 1 (true, the default) or 0 (false). One of the two may be given. */
  readonly unitForgetBias?: boolean;
}

export const lstmTable = {
  ...cellLayerTable,
  peepholes: preset(boolean, false),
  coupled: preset(boolean, false),
  projection: optional(size),
  layerNorm: preset(boolean, false),
  cellClip: optional(positive),
  useBias: preset(boolean, true),
  forgetBias: optional(finite), // 1, unless `unitForgetBias` says otherwise
  unitForgetBias: optional(boolean),
  activation: preset(anyActivation, "tanh"),
  recurrentActivation: preset(anyActivation, "sigmoid"),
} satisfies Table<LstmConfig>;

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`; with `projection` that many instead of units.
 * `wx` [features, 4·units], `wh` [units, 4·units], `b` [4·units] and what the options ask for; gate columns input, forget, candidate,
 * output. Throws INVALID_ARGUMENT where both `forgetBias` and `unitForgetBias` are given, and as `recurrent` and core's `lstm` do.
 */
export function lstm<const N extends LayerName = undefined>(
  options: LstmConfig & Naming<N>,
): KnownRecurrent<"lstm", N, LstmWeights<boolean, number | undefined, boolean, boolean>, "h" | "c"> {
  const config = given<LstmConfig>("lstm", lstmTable, options);
  const { unitForgetBias, ...own } = without(config, cellLayerTable),
    { forgetBias } = own;
  if (unitForgetBias === undefined || own.useBias === false) return recurrentLayer("lstm", cell(own), config);
  if (forgetBias === undefined) return recurrentLayer("lstm", cell({ ...own, forgetBias: Number(unitForgetBias) }), config);
  const what = `forgetBias ${forgetBias} and unitForgetBias ${unitForgetBias} say the same thing twice`;
  throw new SluiceError({ code: "INVALID_ARGUMENT", who: "lstm", what, fix: "Give one of them", facts: { forgetBias, unitForgetBias } });
}
