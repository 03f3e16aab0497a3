// The plain recurrent layer.
import { rnn, SluiceError } from "@sluice/core";
import { recurrentLayer, type RecurrentConfig, type RecurrentLayer } from "./recurrent.ts";

export interface SimpleRNNConfig extends RecurrentConfig {
  /** Default "tanh". */
  readonly activation?: "tanh" | "relu";
}

/**
 * h' = activation(x · wx + h · wh + b) (Elman 1990), over a sequence.
 *
 * x [batch, steps, features] → [batch, units], or [batch, steps, units] with `returnSequences`.
 * `wx` [features, units], `wh` [units, units], `b` [units]. Throws as `recurrent` does.
 */
export function simpleRNN(config: SimpleRNNConfig): RecurrentLayer {
  const { activation = "tanh" } = config;
  if (activation !== "tanh" && activation !== "relu") {
    const what = `activation must be "tanh" or "relu", got "${String(activation)}"`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "simpleRNN", what, facts: { activation } });
  }
  return recurrentLayer("simpleRNN", rnn({ activation }), config);
}
