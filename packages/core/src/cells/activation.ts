// The functions that cells take by name.
import { check, oneOf } from "../arguments/rules.ts";
import { abs, clip, relu, sigmoid, tanh } from "../trace/functions.ts";
import type { Tensor } from "../trace/tensor.ts";

/** Elementwise functions by their names in Keras. */
export const activations = {
  /** x */
  linear: (x: Tensor): Tensor => x,
  /** max(x, 0) */
  relu,
  /** 1 / (1 + e⁻ˣ) */
  sigmoid,
  /** 0.2·x + 0.5 within 0 … 1, as in Keras 1 and 2 and in ONNX (Keras 3 has x/6 + 0.5). */
  hardSigmoid: (x: Tensor): Tensor => clip(x.mul(0.2).add(0.5), 0, 1),
  tanh,
  /** x / (1 + |x|) */
  softsign: (x: Tensor): Tensor => x.div(abs(x).add(1)),
} as const satisfies Readonly<Record<string, (x: Tensor) => Tensor>>;

export type Activation = keyof typeof activations;

/** Throws INVALID_ARGUMENT for a name that is none; `option` is what it was given as. */
export function activation(who: string, name: Activation, option = "activation"): (x: Tensor) => Tensor {
  check(who, option, name, rule);
  return activations[name];
}

const rule = oneOf(...(Object.keys(activations) as Activation[]));
