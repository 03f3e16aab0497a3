// The gated recurrent unit (Cho et al. 2014), in the variants that are in use.
import { sigmoid, tanh } from "../trace/functions.ts";
import { slice, split } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { cell, type Cell, type Weight } from "./cell.ts";

export interface GruOptions {
  /**
   * Where the reset gate acts. "after" the product (cuDNN, PyTorch, Keras 3): n = tanh(x·Wn + bn + r∘(h·Un + bh)).
   * "before" it (Cho et al. 2014): n = tanh(x·Wn + bn + (r∘h)·Un). Default "after".
   */
  readonly reset?: "before" | "after";
  /**
   * What the update gate does with the old state. It "keeps" it (Cho et al. 2014, PyTorch, Keras, ONNX): h′ = z∘h + (1−z)∘n.
   * It "replaces" it (Chung et al. 2014): h′ = (1−z)∘h + z∘n. Default "keeps".
   */
  readonly update?: "keeps" | "replaces";
}

type GruWeights<R> = { readonly wx: Weight; readonly wh: Weight; readonly b: Weight } & (R extends "before"
  ? unknown
  : { readonly bh: Weight });
type GruState = { readonly h: { readonly axes: { readonly units: number } } };

/**
 * One GRU step (Cho et al. 2014; Chung et al. 2014):
 *
 *     z, r = σ(x·[Wz Wr] + h·[Uz Ur] + [bz br])
 *     n    = tanh(…)          the candidate, see `reset`
 *     h′   = z∘h + (1−z)∘n    see `update`
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units].
 * Columns of `wx` = [Wz Wr Wn] [input, 3·units], `wh` = [Uz Ur Un] [units, 3·units] and `b` [3·units] are ordered update, reset, candidate.
 * With reset "after" the candidate has a recurrent bias `bh` [units] too. Throws SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function gru<const R extends "before" | "after" = "after">(
  options: GruOptions & { readonly reset?: R } = {},
): Cell<GruWeights<R>, GruState> {
  const { reset = "after", update = "keeps" } = options;
  const definition = cell({
    name: "gru",
    weights: ({ input, units }) => ({
      wx: { axes: { input, gates: 3 * units }, init: "glorotUniform" },
      wh: { axes: { units, gates: 3 * units }, init: "orthogonal" },
      b: { axes: { gates: 3 * units }, init: "zeros" },
      bh: { axes: { units }, init: "zeros" },
    }),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: (p, x, { h }) => {
      const units = h.shape.at(-1)!,
        [gates, candidate] = split(x.dot(p.wx), [2 * units, units]) as [Tensor, Tensor];
      const [u, un] = split(p.wh, [2 * units, units]) as [Tensor, Tensor],
        [b, bn] = split(p.b, [2 * units, units]) as [Tensor, Tensor];
      const zr = sigmoid(gates.add(h.dot(u)).add(b)),
        z = slice(zr, -1, 0, units),
        r = slice(zr, -1, units);
      const inner = reset === "before" ? candidate.add(r.mul(h).dot(un)) : candidate.add(r.mul(h.dot(un).add(p.bh)));
      const n = tanh(inner.add(bn));
      const next = update === "keeps" ? n.add(z.mul(h.sub(n))) : h.add(z.mul(n.sub(h)));
      return { output: next, state: { h: next } };
    },
  });
  if (reset === "after") return definition as unknown as Cell<GruWeights<R>, GruState>; // R is "after": bh is among the weights
  const withoutBh = (sizes: Parameters<typeof definition.weights>[0]): Omit<ReturnType<typeof definition.weights>, "bh"> => {
    const { wx, wh, b } = definition.weights(sizes);
    return { wx, wh, b };
  };
  return { ...definition, weights: withoutBh } as unknown as Cell<GruWeights<R>, GruState>; // R is "before": the step never reads bh
}
