// The LSTM layer.
import { lstm as cell } from "@sluice/core";
import { recurrentLayer, type RecurrentConfig, type RecurrentLayer } from "./recurrent.ts";

export type LstmConfig = RecurrentConfig;

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, 4·units], `wh` [units, 4·units], `b` [4·units]; gate columns input, forget, candidate, output; the
 * forget bias starts at 1. Throws as `recurrent` does.
 */
export function lstm(config: LstmConfig): RecurrentLayer {
  return recurrentLayer("lstm", cell(), config);
}
