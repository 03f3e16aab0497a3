// Long short-term memory (Hochreiter & Schmidhuber 1997), with the forget gate of Gers et al. 2000, in the variants that are in use.
import { layerNormalization } from "../normalisation/layerNormalization.ts";
import { sub } from "../trace/arithmetic.ts";
import { clip } from "../trace/functions.ts";
import { split } from "../trace/movement.ts";
import type { Tensor } from "../trace/tensor.ts";
import { activation, type Activation } from "./activation.ts";
import { biased, type BiasOption, type GateWeights } from "./biased.ts";
import { cell, type Cell, type NoExtras, type Sizes, type Weight, type Weights } from "./cell.ts";
import { checkBoolean, checkFinite, checkPositive, checkSize } from "../arguments/checks.ts";
import { options as named, type Names } from "../arguments/options.ts";
import type { Init } from "../arguments/init.ts";
import { SluiceError } from "../errors.ts";
import { gate } from "./watch.ts";
import type { When } from "./when.ts";

export interface LstmOptions extends BiasOption {
  /** Gates see the memory too (Gers & Schmidhuber 2000), by weights `wc`. Default false. */
  readonly peepholes?: boolean;
  /** One gate both writes and forgets, f = 1 − i (Greff et al. 2017; `input_forget` of ONNX); then there are no columns f. Default false. */
  readonly coupled?: boolean;
  /** Size of h where it is a projection of what the output gate lets through (Sak et al. 2014), by a weight `wr`. Default none. */
  readonly projection?: number;
  /** Layer normalisation of both products and of what the output gate reads (Ba et al. 2016), by `gx`, `gh`, `gc` and `bc`. Default false. */
  readonly layerNorm?: boolean;
  /** The memory stays within ± this (Sak et al. 2014), without gradient beyond. Default unbounded. */
  readonly cellClip?: number;
  /** Where the bias of f starts (Jozefowicz et al. 2015); where coupled that of i starts at its opposite. Default 1; not without biases. */
  readonly forgetBias?: number;
  /** φ. Default "tanh". */
  readonly activation?: Activation;
  /** σ. Default "sigmoid". */
  readonly recurrentActivation?: Activation;
}

export type LstmWeights<Peepholes, Projection, LayerNorm, UseBias = true> = GateWeights<UseBias> &
  When<Peepholes, { readonly wc: Weight }> &
  When<Projection, { readonly wr: Weight }> &
  When<LayerNorm, { readonly gx: Weight; readonly gh: Weight; readonly gc: Weight; readonly bc: Weight }>;
export type LstmState = {
  readonly h: { readonly axes: Readonly<Record<string, number>> };
  readonly c: { readonly axes: { readonly units: number } };
};

/**
 * One LSTM step (Hochreiter & Schmidhuber 1997; forget gate after Gers et al. 2000):
 *
 *     a  = x·wx + h·wh + b, columns a_i a_f a_g a_o
 *     i  = σ(a_i), f = σ(a_f), g = φ(a_g)
 *     c′ = f∘c + i∘g
 *     o  = σ(a_o)
 *     h′ = o∘φ(c′)
 *
 * and with its options:
 *
 *     layerNorm    a = LN(x·wx)∘gx + LN(h·wh)∘gh + b, each over all columns together; h′ = o∘φ(LN(c′)∘gc + bc)
 *     peepholes    i = σ(a_i + wc_i∘c), f = σ(a_f + wc_f∘c), o = σ(a_o + wc_o∘c′)
 *     coupled      f = 1 − i
 *     cellClip     c′ within ± cellClip, before anything reads it
 *     projection   h′ = (o∘φ(c′))·wr
 *     useBias      where it is false there is no b
 *
 * x [batch, input], state h [batch, units or projection] and c [batch, units] → output h′.
 * Gate columns of `wx` [input, 4·units], `wh` [units or projection, 4·units], `b` [4·units], `gx` and `gh` are ordered input, forget,
 * candidate, output, those of `wc` [3·units] input, forget, output; coupled there is no forget among them. `wr` [units, projection],
 * `gc` and `bc` [units]. Gains start at 1, `wc` uniform in ±0.1.
 * Throws INVALID_ARGUMENT for an option outside what it takes, and SHAPE_MISMATCH while tracing if x is not [batch, input].
 */
export function lstm<
  const Peepholes extends boolean = false,
  const Projection extends number | undefined = undefined,
  const LayerNorm extends boolean = false,
  const UseBias extends boolean = true,
>(
  options: LstmOptions & {
    readonly peepholes?: Peepholes;
    readonly projection?: Projection;
    readonly layerNorm?: LayerNorm;
    readonly useBias?: UseBias;
  } = {},
): Cell<LstmWeights<Peepholes, Projection, LayerNorm, UseBias>, LstmState, NoExtras> {
  const { coupled = false, projection, cellClip, forgetBias, useBias = true, ...rest } = named<LstmOptions>("lstm", options, names),
    { peepholes = false, layerNorm = false, activation: name = "tanh", recurrentActivation = "sigmoid" } = rest;
  for (const [option, value] of Object.entries({ coupled, peepholes, layerNorm, useBias })) checkBoolean("lstm", option, value);
  const phi = activation("lstm", name),
    sigma = activation("lstm", recurrentActivation, "recurrentActivation");
  if (projection !== undefined) checkSize("lstm", "projection", projection);
  if (cellClip !== undefined) checkPositive("lstm", "cellClip", cellClip);
  if (forgetBias !== undefined) checkFinite("lstm", "forgetBias", forgetBias);
  if (forgetBias !== undefined && !useBias) throw unbiased(forgetBias);
  const definition = cell({
    name: "lstm",
    weights: (sizes) => weightsOf(options, sizes),
    state: ({ units }) => ({ h: { axes: { units: projection ?? units } }, c: { axes: { units } } }),
    outputSize: (units) => projection ?? units,
    step: (p, x, { h, c }) => {
      const sum =
        p.gx === undefined
          ? x.dot(p.wx).add(h.dot(p.wh))
          : layerNormalization(x.dot(p.wx), { gain: p.gx }).add(layerNormalization(h.dot(p.wh), { gain: p.gh }));
      const [ai, af, ag, ao] = blocks(biased(sum, p.b), 4, coupled) as [Tensor, Tensor | undefined, Tensor, Tensor],
        [wi, wf, wo] = p.wc === undefined ? [] : blocks(p.wc, 3, coupled);
      const i = gate("input", sigma(seeing(c, ai, wi))),
        f = gate("forget", af === undefined ? sub(1, i) : sigma(seeing(c, af, wf))),
        g = phi(ag);
      const memory = bounded(f.mul(c).add(i.mul(g)), cellClip),
        o = gate("output", sigma(seeing(memory, ao, wo)));
      const m = o.mul(phi(p.gc === undefined ? memory : layerNormalization(memory, { gain: p.gc, shift: p.bc })));
      const next = p.wr === undefined ? m : m.dot(p.wr);
      return { output: next, state: { h: next, c: memory } };
    },
  });
  return definition as unknown as Cell<LstmWeights<Peepholes, Projection, LayerNorm, UseBias>, LstmState, NoExtras>; // the options say which weights there are
}

const names: Names<LstmOptions> = {
  peepholes: true,
  coupled: true,
  projection: true,
  layerNorm: true,
  cellClip: true,
  forgetBias: true,
  activation: true,
  recurrentActivation: true,
  useBias: true,
};

function weightsOf(options: LstmOptions, { input, units }: Sizes) {
  const { peepholes, coupled = false, projection, layerNorm, forgetBias = 1, useBias = true } = options;
  const gates = (coupled ? 3 : 4) * units,
    gain = { axes: { gates }, init: "ones" } as const;
  const biases: readonly Init[] = coupled
    ? [{ constant: -forgetBias }, "zeros", "zeros"]
    : ["zeros", { constant: forgetBias }, "zeros", "zeros"];
  return {
    wx: { axes: { input, gates }, init: "glorotUniform" },
    wh: { axes: { units: projection ?? units, gates }, init: "orthogonal" },
    ...(useBias && { b: { axes: { gates }, init: { columns: biases } } }),
    ...(peepholes && { wc: { axes: { peepholes: gates - units }, init: { uniform: 0.1 } } }),
    ...(projection !== undefined && { wr: { axes: { units, projection }, init: "glorotUniform" } }),
    ...(layerNorm && { gx: gain, gh: gain, gc: { axes: { units }, init: "ones" }, bc: { axes: { units }, init: "zeros" } }),
  } as const satisfies Weights;
}

function unbiased(forgetBias: number): SluiceError {
  const what = `without biases none starts at forgetBias ${forgetBias}`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "lstm", what, fix: "Leave forgetBias out", facts: { forgetBias } });
}

/** Equal blocks of the columns; where coupled there is none for the second gate, which forgets. */
function blocks(x: Tensor, count: number, coupled: boolean): (Tensor | undefined)[] {
  if (!coupled) return split(x, count);
  const [first, ...rest] = split(x, count - 1);
  return [first, undefined, ...rest];
}

function seeing(memory: Tensor, gate: Tensor, peephole: Tensor | undefined): Tensor {
  return peephole === undefined ? gate : gate.add(peephole.mul(memory));
}

function bounded(memory: Tensor, limit: number | undefined): Tensor {
  return limit === undefined ? memory : clip(memory, -limit, limit);
}
