// The gated recurrent unit (Cho et al. 2014), in the variants that are in use.
import { activation, type Activation } from "./activation.ts";
import type { BiasOption, GateWeights } from "./biased.ts";
import { cell, type Cell, type NoExtras, type Sizes, type Weight, type Weights } from "./cell.ts";
import { checkBoolean, checkOneOf } from "../arguments/checks.ts";
import { options as named, type Names } from "../arguments/options.ts";
import { resets } from "./resets.ts";
import type { When } from "./when.ts";

export interface GruOptions extends BiasOption {
  /**
   * Where the reset gate acts. "after" the product (cuDNN, PyTorch, Keras 3): n = φ(x·Wn + bn + r∘(h·Un + bh)).
   * "before" it (Cho et al. 2014): n = φ(x·Wn + bn + (r∘h)·Un). "none": there is no reset gate, n = φ(x·Wn + bn + h·Un), and the update
   * gate only interpolates. Default "after".
   */
  readonly reset?: Reset;
  /**
   * What the update gate does with the old state. It "keeps" it (Cho et al. 2014, PyTorch, Keras, ONNX): h′ = z∘h + (1−z)∘n.
   * It "replaces" it (Chung et al. 2014): h′ = (1−z)∘h + z∘n. Default "keeps".
   */
  readonly update?: "keeps" | "replaces";
  /** Layer normalisation of every product, gates and candidate apart (Ba et al. 2016), by gains `gx` and `gh`. Default false. */
  readonly layerNorm?: boolean;
  /** φ. Default "tanh". */
  readonly activation?: Activation;
  /** σ. Default "sigmoid". */
  readonly recurrentActivation?: Activation;
}
type Reset = keyof typeof resets;

export type GruWeights<R, LayerNorm, UseBias = true> = GateWeights<UseBias> &
  When<R extends "after" ? UseBias : false, { readonly bh: Weight }> &
  When<LayerNorm, { readonly gx: Weight; readonly gh: Weight }>;
export type GruState = { readonly h: { readonly axes: { readonly units: number } } };

/**
 * One GRU step (Cho et al. 2014; Chung et al. 2014):
 *
 *     z, r = σ(x·[Wz Wr] + h·[Uz Ur] + [bz br])
 *     n    = φ(…)             the candidate, see `reset`
 *     h′   = z∘h + (1−z)∘n    see `update`
 *
 * and with layerNorm LN(…)∘gain in place of each product: those of the gates over their columns together, those of the candidate apart.
 *
 * x [batch, input], state h [batch, units] → output h′ [batch, units].
 * Columns of `wx` = [Wz Wr Wn] [input, 3·units], `wh` = [Uz Ur Un] [units, 3·units], `b`, `gx` and `gh` [3·units] are ordered update, reset,
 * candidate; without reset gate update, candidate. With reset "after" the candidate has a recurrent bias `bh` [units] too.
 * Where `useBias` is false there is neither `b` nor `bh`.
 * Throws INVALID_ARGUMENT for an option outside what it takes, and SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function gru<const R extends Reset = "after", const LayerNorm extends boolean = false, const UseBias extends boolean = true>(
  options: GruOptions & { readonly reset?: R; readonly layerNorm?: LayerNorm; readonly useBias?: UseBias } = {},
): Cell<GruWeights<R, LayerNorm, UseBias>, GruState, NoExtras> {
  const given: GruOptions = named<GruOptions>("gru", options, names),
    {
      reset = "after",
      update = "keeps",
      layerNorm = false,
      useBias = true,
      activation: name = "tanh",
      recurrentActivation = "sigmoid",
    } = given;
  for (const [option, value] of Object.entries({ layerNorm, useBias })) checkBoolean("gru", option, value);
  checkOneOf("gru", "reset", reset, Object.keys(resets) as Reset[]);
  checkOneOf("gru", "update", update, ["keeps", "replaces"]);
  const squash = {
    phi: activation("gru", name),
    sigma: activation("gru", recurrentActivation, "recurrentActivation"),
  };
  const definition = cell({
    name: "gru",
    weights: (sizes) => weightsOf(options, sizes),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: (p, x, { h }) => {
      const { z, n } = resets[reset](p, x, h, squash);
      const next = update === "keeps" ? n.add(z.mul(h.sub(n))) : h.add(z.mul(n.sub(h)));
      return { output: next, state: { h: next } };
    },
  });
  return definition as unknown as Cell<GruWeights<R, LayerNorm, UseBias>, GruState, NoExtras>; // the options say which weights there are
}

const names: Names<GruOptions> = {
  reset: true,
  update: true,
  layerNorm: true,
  activation: true,
  recurrentActivation: true,
  useBias: true,
};

function weightsOf({ reset = "after", layerNorm, useBias = true }: GruOptions, { input, units }: Sizes) {
  const gates = (reset === "none" ? 2 : 3) * units,
    gain = { axes: { gates }, init: "ones" } as const;
  return {
    wx: { axes: { input, gates }, init: "glorotUniform" },
    wh: { axes: { units, gates }, init: "orthogonal" },
    ...(useBias && { b: { axes: { gates }, init: "zeros" } }),
    ...(useBias && reset === "after" && { bh: { axes: { units }, init: "zeros" } }),
    ...(layerNorm && { gx: gain, gh: gain }),
  } as const satisfies Weights;
}
