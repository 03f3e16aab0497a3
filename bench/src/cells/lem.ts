// A cell of a user's own: what the library does not have, written with what it exports.
import { cell, sigmoid, slice, split, tanh, type Tensor } from "@sluice/core";

/**
 * One step of long expressive memory (Rusch, Mishra, Erichson & Mahoney 2022, eq. 3, Δt = 1), as large as an LSTM:
 *
 *     δ, δ̄ = σ(x·V₁₂ + y·W₁₂ + b₁₂)
 *     z′ = (1 − δ)∘z + δ∘tanh(x·Vz + y·Wz + bz)
 *     y′ = (1 − δ̄)∘y + δ̄∘tanh(x·Vy + z′·Wy + by)
 *
 * x [batch, input], state y and z [batch, units] → output y′. Columns of `wx` [input, 4·units], `wh` [units, 3·units] and `b` [4·units]
 * are ordered δ δ̄ z y, without y in `wh`: that is `wz` [units, units], which z′ goes through.
 */
export function lem() {
  return cell({
    name: "lem",
    weights: ({ input, units }) => ({
      wx: { axes: { input, gates: 4 * units }, init: "glorotUniform" },
      wh: { axes: { units, gates: 3 * units }, init: "orthogonal" },
      wz: { axes: { units, columns: units }, init: "orthogonal" },
      b: { axes: { gates: 4 * units }, init: "zeros" },
    }),
    state: ({ units }) => ({ y: { axes: { units } }, z: { axes: { units } } }),
    step: ({ wx, wh, wz, b }, x, { y, z }) => {
      const units = y.shape.at(-1)!;
      const [given, last] = split(x.dot(wx), [3 * units, units]) as [Tensor, Tensor];
      const [δ, δ̄, candidate] = split(given.add(y.dot(wh)).add(slice(b, 0, 0, 3 * units)), 3) as [Tensor, Tensor, Tensor];
      const memory = z.add(sigmoid(δ).mul(tanh(candidate).sub(z)));
      const fresh = tanh(last.add(memory.dot(wz)).add(slice(b, 0, 3 * units)));
      const next = y.add(sigmoid(δ̄).mul(fresh.sub(y)));
      return { output: next, state: { y: next, z: memory } };
    },
  });
}
