// The functions that cells take by name.
import { check, oneOf } from "../arguments/rules.ts";
import type { Tensor } from "../trace/tensor.ts";
import { activations } from "./activations.ts";

export type Activation = keyof typeof activations;

/** Throws INVALID_ARGUMENT for a name that is none; `option` is what it was given as. */
export function activation(who: string, name: Activation, option = "activation"): (x: Tensor) => Tensor {
  check(who, option, name, rule);
  return activations[name];
}

const rule = oneOf(...(Object.keys(activations) as Activation[]));
