// Long short-term memory (Hochreiter & Schmidhuber 1997), with the forget gate of Gers et al. 2000.
import { sigmoid, tanh } from "../trace/functions.ts";
import { split } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { cell } from "./cell.ts";

/**
 * One LSTM step (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000; no peepholes):
 *
 *     [i f g o] = x·wx + h·wh + b
 *     c′ = σ(f)∘c + σ(i)∘tanh(g)
 *     h′ = σ(o)∘tanh(c′)
 *
 * x [batch, input], state h and c [batch, units] → output h′ [batch, units].
 * Gate columns of `wx` [input, 4·units], `wh` [units, 4·units] and `b` [4·units] are ordered input, forget, candidate, output.
 * The forget bias starts at 1 (Jozefowicz et al. 2015). Throws SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function lstm() {
  return cell({
    name: "lstm",
    weights: ({ input, units }) => ({
      wx: { axes: { input, gates: 4 * units }, init: "glorotUniform" },
      wh: { axes: { units, gates: 4 * units }, init: "orthogonal" },
      b: { axes: { gates: 4 * units }, init: { columns: ["zeros", "ones", "zeros", "zeros"] } },
    }),
    state: ({ units }) => ({ h: { axes: { units } }, c: { axes: { units } } }),
    step: (p, x, { h, c }) => {
      const [i, f, g, o] = split(x.dot(p.wx).add(h.dot(p.wh)).add(p.b), 4) as [Tensor, Tensor, Tensor, Tensor];
      const memory = sigmoid(f)
        .mul(c)
        .add(sigmoid(i).mul(tanh(g)));
      const next = sigmoid(o).mul(tanh(memory));
      return { output: next, state: { h: next, c: memory } };
    },
  });
}
