// The GRU layer.
import { gru as cell } from "@sluice/core";
import { recurrentLayer, type RecurrentConfig, type RecurrentLayer } from "./recurrent.ts";

export interface GruConfig extends RecurrentConfig {
  /** Whether the reset gate is applied after the recurrent product (default true, as in Keras and cuDNN) or before it (Cho et al. 2014). */
  readonly resetAfter?: boolean;
}

/**
 * Gated recurrent unit (Cho et al. 2014), over a sequence. The update gate keeps the old state: h' = z∘h + (1 − z)∘n.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, 3·units], `wh` [units, 3·units], `b` [3·units], with `resetAfter` also `bh` [units]; gate columns
 * update, reset, candidate. Throws as `recurrent` does.
 */
export function gru(config: GruConfig): RecurrentLayer {
  return recurrentLayer("gru", cell({ reset: (config.resetAfter ?? true) ? "after" : "before" }), config);
}
