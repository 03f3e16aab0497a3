// The simple recurrent cell (Elman 1990).
import { relu, tanh } from "../trace/functions.ts";
import { cell } from "./cell.ts";

export interface RnnOptions {
  /** Default "tanh". */
  readonly activation?: "tanh" | "relu";
}

/**
 * One step of a simple recurrent cell (Elman 1990): h′ = φ(x·wx + h·wh + b).
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units]. φ is tanh, or relu.
 * Throws SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function rnn({ activation = "tanh" }: RnnOptions = {}) {
  const phi = { tanh, relu }[activation];
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
