// The simple recurrent cell (Elman 1990).
import { activation, type Activation } from "./activation.ts";
import { options as named } from "../arguments/options.ts";
import { cell } from "./cell.ts";

export interface RnnOptions {
  /** φ. Default "tanh". */
  readonly activation?: Activation;
}

/**
 * One step of a simple recurrent cell (Elman 1990): h′ = φ(x·wx + h·wh + b).
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units].
 * Throws INVALID_ARGUMENT for an unknown activation, and SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function rnn(options: RnnOptions = {}) {
  const { activation: name = "tanh" } = named("rnn", options, { activation: true }),
    phi = activation("rnn", name);
  return cell({
    name: "rnn",
    weights: ({ input, units }) => ({
      wx: { axes: { input, units }, init: "glorotUniform" },
      wh: { axes: { units, columns: units }, init: "orthogonal" },
      b: { axes: { units }, init: "zeros" },
    }),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: (p, x, { h }) => {
      const next = phi(x.dot(p.wx).add(h.dot(p.wh)).add(p.b));
      return { output: next, state: { h: next } };
    },
  });
}
