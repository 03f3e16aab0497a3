// The plain recurrent layer.
import { rnn, type RnnOptions } from "@sluice/core";
import { recurrentLayer, type RecurrentConfig, type RecurrentLayer } from "./recurrent.ts";

/** The option of the cell is that of `rnn` in core: its activation. */
export interface SimpleRNNConfig extends RecurrentConfig, RnnOptions {}

/**
 * h' = activation(x · wx + h · wh + b) (Elman 1990), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, units], `wh` [units, units], `b` [units]. Throws as `recurrent` and core's `rnn` do.
 */
export function simpleRNN(config: SimpleRNNConfig): RecurrentLayer {
  return recurrentLayer("simpleRNN", rnn(config), config);
}
