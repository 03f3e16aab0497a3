// The simple recurrent cell (Elman 1990).
import { checkBoolean } from "../arguments/checks.ts";
import { activation, type Activation } from "./activation.ts";
import { options as named } from "../arguments/options.ts";
import { biased, type BiasOption, type GateWeights } from "./biased.ts";
import { cell, type Cell, type NoExtras, type Weights } from "./cell.ts";

export interface RnnOptions extends BiasOption {
  /** φ. Default "tanh". */
  readonly activation?: Activation;
}

export type RnnWeights<UseBias> = GateWeights<UseBias>;
export type RnnState = { readonly h: { readonly axes: { readonly units: number } } };

/**
 * One step of a simple recurrent cell (Elman 1990): h′ = φ(x·wx + h·wh + b), where `useBias` is false without b.
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units].
 * Throws INVALID_ARGUMENT for an option outside what it takes, and SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function rnn<const UseBias extends boolean = true>(
  options: RnnOptions & { readonly useBias?: UseBias } = {},
): Cell<RnnWeights<UseBias>, RnnState, NoExtras> {
  const { activation: name = "tanh", useBias = true } = named<RnnOptions>("rnn", options, { activation: true, useBias: true }),
    phi = activation("rnn", name);
  checkBoolean("rnn", "useBias", useBias);
  const definition = cell({
    name: "rnn",
    weights: ({ input, units }) =>
      ({
        wx: { axes: { input, units }, init: "glorotUniform" },
        wh: { axes: { units, columns: units }, init: "orthogonal" },
        ...(useBias && { b: { axes: { units }, init: "zeros" } }),
      }) as const satisfies Weights,
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: (p, x, { h }) => {
      const next = phi(biased(x.dot(p.wx).add(h.dot(p.wh)), p.b));
      return { output: next, state: { h: next } };
    },
  });
  return definition as unknown as Cell<RnnWeights<UseBias>, RnnState, NoExtras>; // the option says whether there is a bias
}
