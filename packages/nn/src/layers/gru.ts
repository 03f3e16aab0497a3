// The GRU layer.
import { gru as cell, SluiceError, type GruOptions } from "@sluice/core";
import { recurrentLayer, type RecurrentConfig, type RecurrentLayer } from "./recurrent.ts";

/** The options of the cell are those of `gru` in core: reset, update, layer normalisation, activations. */
export interface GruConfig extends RecurrentConfig, GruOptions {
  /** Keras's word for `reset`: "after" the recurrent product (true, the default) or "before" it (false). One of the two may be given. */
  readonly resetAfter?: boolean;
}

/**
 * Gated recurrent unit (Cho et al. 2014), over a sequence. Unless `update` says otherwise the update gate keeps the old state:
 * h' = z∘h + (1 − z)∘n.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, 3·units], `wh` [units, 3·units], `b` [3·units], `bh` [units] with reset "after", and what the options ask for; gate
 * columns update, reset, candidate. Throws INVALID_ARGUMENT where both `reset` and `resetAfter` are given, and as `recurrent` and core's
 * `gru` do.
 */
export function gru(config: GruConfig): RecurrentLayer {
  const { reset, resetAfter, ...options } = config;
  if (reset !== undefined && resetAfter !== undefined) {
    const what = `reset "${reset}" and resetAfter ${resetAfter} say the same thing twice`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "gru", what, fix: "Give one of them", facts: { reset, resetAfter } });
  }
  return recurrentLayer("gru", cell({ ...options, reset: reset ?? (resetAfter === false ? "before" : "after") }), config);
}
