// The plain recurrent layer.
import { rnn, type RnnOptions, type RnnWeights } from "@sluice/core";
import { boolean } from "@sluice/core/arguments";
import { given, preset, without, type Table } from "../options/table.ts";
import { anyActivation } from "./cellActivation.ts";
import { cellLayerTable, type CellLayerConfig } from "./cellLayer.ts";
import type { LayerName, Naming } from "./known.ts";
import { recurrentLayer, type KnownRecurrent } from "./recurrent.ts";

/** The options of the cell are those of `rnn` in core: its activation and its bias. */
export interface SimpleRNNConfig extends CellLayerConfig, RnnOptions {}

export const simpleRNNTable = {
  ...cellLayerTable,
  activation: preset(anyActivation, "tanh"),
  useBias: preset(boolean, true),
} satisfies Table<SimpleRNNConfig>;

/**
 * h' = activation(x · wx + h · wh + b) (Elman 1990), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, units], `wh` [units, units], `b` [units]. Throws as `recurrent` and core's `rnn` do.
 */
export function simpleRNN<const N extends LayerName = undefined>(
  options: SimpleRNNConfig & Naming<N>,
): KnownRecurrent<"simpleRNN", N, RnnWeights<boolean>, "h"> {
  const config = given<SimpleRNNConfig>("simpleRNN", simpleRNNTable, options);
  return recurrentLayer("simpleRNN", rnn(without(config, cellLayerTable)), config);
}
