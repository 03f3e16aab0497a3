// The functions a layer may end with, by their Keras names.
import { activations as activationsOfCells, softmax, softplus, type Tensor } from "@sluice/core";
import { oneOf, type Rule } from "@sluice/core/arguments";

const activations = {
  ...activationsOfCells,
  softmax: (x: Tensor) => softmax(x),
  softplus,
} as const;

/** `softmax` is over the last axis. */
export type Activation = keyof typeof activations;

export const anyActivation: Rule<Activation> = oneOf(...(Object.keys(activations) as Activation[])); // a constant record

/** The function of that name. */
export function activationFunction(name: Activation): (x: Tensor) => Tensor {
  return activations[name];
}
