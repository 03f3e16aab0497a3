// A GRU with one gate more, which scales what the others have made.
import { cell, sigmoid, split, sub, tanh, type Tensor } from "@sluice/core";

/**
 *     z, r, m = σ(x·[Wz Wr Wm] + h·[Uz Ur Um] + [bz br bm])
 *     n       = tanh(x·Wn + (r∘h)·Un + bn)
 *     h′      = m∘(z∘h + (1 − z)∘n)      where a GRU has no m
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units]. Columns of `wx`, `wh` and `b`: update, reset, merge, candidate;
 * the bias of the merge gate starts at 1, so that little is lost at first.
 */
export const mergeGate = cell({
  name: "mergeGate",
  weights: ({ input, units }) => ({
    wx: { axes: { input, gates: 4 * units }, init: "glorotUniform" },
    wh: { axes: { units, gates: 4 * units }, init: "orthogonal" },
    b: { axes: { gates: 4 * units }, init: { columns: ["zeros", "zeros", "ones", "zeros"] } },
  }),
  state: ({ units }) => ({ h: { axes: { units } } }),
  step: ({ wx, wh, b }, x, { h }) => {
    const parts = (t: Tensor) => split(t, [3 * h.shape[1]!, h.shape[1]!]) as [gates: Tensor, candidate: Tensor];
    const [xg, xn] = parts(x.dot(wx)),
      [ug, un] = parts(wh),
      [bg, bn] = parts(b);
    const [z, r, m] = split(sigmoid(xg.add(h.dot(ug)).add(bg)), 3) as [Tensor, Tensor, Tensor];
    const n = tanh(xn.add(r.mul(h).dot(un)).add(bn));
    const next = m.mul(z.mul(h).add(sub(1, z).mul(n)));
    return { output: next, state: { h: next } };
  },
});
