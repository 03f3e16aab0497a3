// A GRU whose reset gate means the opposite: the more it opens, the less the candidate sees of the state.
import { cell, sigmoid, split, sub, tanh, type Tensor } from "@sluice/core";

/**
 *     z, r = σ(x·[Wz Wr] + h·[Uz Ur] + [bz br])
 *     n    = tanh(x·Wn + ((1 − r)∘h)·Un + bn)      where a GRU has (r∘h)·Un
 *     h′   = z∘h + (1 − z)∘n
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units]. Columns of `wx`, `wh` and `b`: update, reset, candidate.
 */
export const otherReset = cell({
  name: "otherReset",
  weights: ({ input, units }) => ({
    wx: { axes: { input, gates: 3 * units }, init: "glorotUniform" },
    wh: { axes: { units, gates: 3 * units }, init: "orthogonal" },
    b: { axes: { gates: 3 * units }, init: "zeros" },
  }),
  state: ({ units }) => ({ h: { axes: { units } } }),
  step: ({ wx, wh, b }, x, { h }) => {
    const parts = (t: Tensor) => split(t, [2 * h.shape[1]!, h.shape[1]!]) as [gates: Tensor, candidate: Tensor];
    const [xg, xn] = parts(x.dot(wx)),
      [ug, un] = parts(wh),
      [bg, bn] = parts(b);
    const [z, r] = split(sigmoid(xg.add(h.dot(ug)).add(bg)), 2) as [Tensor, Tensor];
    const n = tanh(xn.add(sub(1, r).mul(h).dot(un)).add(bn));
    const next = z.mul(h).add(sub(1, z).mul(n));
    return { output: next, state: { h: next } };
  },
});
