// The minimal gated unit (Zhou et al. 2016): one gate forgets and resets.
import { options as named } from "../arguments/options.ts";
import { sub } from "../trace/arithmetic.ts";
import { sigmoid, tanh } from "../trace/functions.ts";
import { split } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { cell } from "./cell.ts";

/**
 * One step of the minimal gated unit (Zhou et al. 2016):
 *
 *     f  = σ(x·Wf + h·Uf + bf)
 *     n  = tanh(x·Wn + (f∘h)·Un + bn)
 *     h′ = (1 − f)∘h + f∘n
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units].
 * Columns of `wx` = [Wf Wn] [input, 2·units], `wh` = [Uf Un] [units, 2·units] and `b` [2·units] are ordered forget, candidate.
 * It has no options. Throws INVALID_ARGUMENT for one, and SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function mgu(options: Readonly<Record<string, never>> = {}) {
  named("mgu", options, {});
  return cell({
    name: "mgu",
    weights: ({ input, units }) => ({
      wx: { axes: { input, gates: 2 * units }, init: "glorotUniform" },
      wh: { axes: { units, gates: 2 * units }, init: "orthogonal" },
      b: { axes: { gates: 2 * units }, init: "zeros" },
    }),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: (p, x, { h }) => {
      const [xf, xn] = halves(x.dot(p.wx)),
        [uf, un] = halves(p.wh),
        [bf, bn] = halves(p.b);
      const f = sigmoid(xf.add(h.dot(uf)).add(bf)),
        n = tanh(xn.add(f.mul(h).dot(un)).add(bn));
      const next = sub(1, f).mul(h).add(f.mul(n));
      return { output: next, state: { h: next } };
    },
  });
}

function halves(x: Tensor): [Tensor, Tensor] {
  return split(x, 2) as [Tensor, Tensor];
}
