// The minimal gated unit (Zhou et al. 2016): one gate forgets and resets.
import { checkBoolean } from "../arguments/checks.ts";
import { options as named } from "../arguments/options.ts";
import { sub } from "../trace/arithmetic.ts";
import { sigmoid, tanh } from "../trace/functions.ts";
import { split } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { biased, type BiasOption, type GateWeights } from "./biased.ts";
import { cell, type Cell, type NoExtras, type Weights } from "./cell.ts";
import { gate } from "./watch.ts";

export type MguOptions = BiasOption;
export type MguWeights<UseBias> = GateWeights<UseBias>;
export type MguState = { readonly h: { readonly axes: { readonly units: number } } };

/**
 * One step of the minimal gated unit (Zhou et al. 2016):
 *
 *     f  = σ(x·Wf + h·Uf + bf)
 *     n  = tanh(x·Wn + (f∘h)·Un + bn)
 *     h′ = (1 − f)∘h + f∘n
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units].
 * Columns of `wx` = [Wf Wn] [input, 2·units], `wh` = [Uf Un] [units, 2·units] and `b` [2·units] are ordered forget, candidate.
 * Where `useBias` is false there is no `b`.
 * Throws INVALID_ARGUMENT for an option outside what it takes, and SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function mgu<const UseBias extends boolean = true>(
  options: MguOptions & { readonly useBias?: UseBias } = {},
): Cell<MguWeights<UseBias>, MguState, NoExtras> {
  const { useBias = true } = named<MguOptions>("mgu", options, { useBias: true });
  checkBoolean("mgu", "useBias", useBias);
  const definition = cell({
    name: "mgu",
    weights: ({ input, units }) =>
      ({
        wx: { axes: { input, gates: 2 * units }, init: "glorotUniform" },
        wh: { axes: { units, gates: 2 * units }, init: "orthogonal" },
        ...(useBias && { b: { axes: { gates: 2 * units }, init: "zeros" } }),
      }) as const satisfies Weights,
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: (p, x, { h }) => {
      const [xf, xn] = halves(x.dot(p.wx)),
        [uf, un] = halves(p.wh),
        [bf, bn] = p.b === undefined ? [] : halves(p.b);
      const f = gate("forget", sigmoid(biased(xf.add(h.dot(uf)), bf))),
        n = tanh(biased(xn.add(f.mul(h).dot(un)), bn));
      const next = sub(1, f).mul(h).add(f.mul(n));
      return { output: next, state: { h: next } };
    },
  });
  return definition as unknown as Cell<MguWeights<UseBias>, MguState, NoExtras>; // the option says whether there is a bias
}

function halves(x: Tensor): [Tensor, Tensor] {
  return split(x, 2) as [Tensor, Tensor];
}
