// The activations that LSTM, GRU and RNN take by name, with their numbers.
import { clip, relu, sigmoid, softplus, type Tensor, tanh } from "@sluice/core";
import { corrupt, NotSupported } from "../../read/failures.ts";
import type { Call } from "../operator.ts";
import { affine, elu, hardSigmoid, leakyRelu, scaledTanh, softsign, thresholdedRelu } from "../activations.ts";

export type GateFunction = (x: Tensor) => Tensor;

interface Kind {
  /** Where they have them, the defaults of α and β. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly of: (x: Tensor, alpha: number, beta: number) => Tensor;
}

/** By name in lower case: onnxruntime takes any. */
const kinds = new Map<string, Kind>(
  Object.entries({
    sigmoid: { of: sigmoid },
    tanh: { of: tanh },
    relu: { of: relu },
    affine: { alpha: 1, beta: 0, of: affine },
    leakyrelu: { alpha: 0.01, of: leakyRelu },
    thresholdedrelu: { alpha: 1, of: thresholdedRelu },
    scaledtanh: { alpha: 1, beta: 1, of: scaledTanh },
    hardsigmoid: { alpha: 0.2, beta: 0.5, of: hardSigmoid },
    elu: { alpha: 1, of: elu },
    softsign: { of: softsign },
    softplus: { of: softplus },
  }),
);

/**
 * For each direction the functions f, g, h: of `names`, or those that the node names. The numbers of `activation_alpha` and `activation_beta` go in order
 * to the functions that have them. With `clip` what f and g read stays within ± that; what the h of an LSTM
 * reads does not, as in onnxruntime.
 */
export function gateFunctions({ attributes }: Call, names: readonly string[], directions: number): readonly (readonly GateFunction[])[] {
  const given = attributes.texts("activations") ?? Array.from({ length: directions }, () => names).flat(),
    alphas = [...(attributes.floats("activation_alpha") ?? [])],
    betas = [...(attributes.floats("activation_beta") ?? [])],
    limit = attributes.has("clip") ? attributes.float("clip", 0) : 0;
  if (given.length !== names.length * directions) throw corrupt(`${given.length} activations for ${directions} × ${names.length} gates`);
  const functions = given.map((name, i) => {
    const kind = kinds.get(name.toLowerCase());
    if (kind === undefined)
      throw new NotSupported(`the activation ${JSON.stringify(name)}`, `${[...kinds.keys()].join(", ")} are supported`);
    const alpha = kind.alpha === undefined ? 0 : (alphas.shift() ?? kind.alpha),
      beta = kind.beta === undefined ? 0 : (betas.shift() ?? kind.beta);
    const clips = limit > 0 && i % names.length < 2;
    return (x: Tensor) => kind.of(clips ? clip(x, -limit, limit) : x, alpha, beta);
  });
  return Array.from({ length: directions }, (_, d) => functions.slice(d * names.length, (d + 1) * names.length));
}
