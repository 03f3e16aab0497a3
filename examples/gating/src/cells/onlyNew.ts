// A GRU that never carries its state over: the new state is only what the update gate lets through of the candidate.
import { cell, sigmoid, split, sub, tanh, type Tensor } from "@sluice/core";

/**
 *     z, r = σ(x·[Wz Wr] + h·[Uz Ur] + [bz br])
 *     n    = tanh(x·Wn + (r∘h)·Un + bn)
 *     h′   = (1 − z)∘n              where a GRU has z∘h + (1 − z)∘n
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units]. Columns of `wx`, `wh` and `b`: update, reset, candidate.
 */
export const onlyNew = cell({
  name: "onlyNew",
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
    const n = tanh(xn.add(r.mul(h).dot(un)).add(bn));
    const next = sub(1, z).mul(n);
    return { output: next, state: { h: next } };
  },
});
