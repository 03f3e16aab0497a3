// The LSTM layer.
import { lstm as cell, type LstmOptions } from "@sluice/core";
import { recurrentLayer, type RecurrentConfig, type RecurrentLayer } from "./recurrent.ts";

/** The options of the cell are those of `lstm` in core: peepholes, coupled gates, projection, layer normalisation, clip, activations. */
export interface LstmConfig extends RecurrentConfig, LstmOptions {}

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`; with `projection` that many instead of units.
 * `wx` [features, 4·units], `wh` [units, 4·units], `b` [4·units] and what the options ask for; gate columns input, forget, candidate,
 * output. Throws as `recurrent` and core's `lstm` do.
 */
export function lstm(config: LstmConfig): RecurrentLayer {
  return recurrentLayer("lstm", cell(config), config);
}
