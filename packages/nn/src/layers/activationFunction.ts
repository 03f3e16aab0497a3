// The functions a layer may end with, by their Keras names.
import { activations as activationsOfCells, logSoftmax, softmax, type Tensor } from "@sluice/core";
import { oneOf, type Rule } from "@sluice/core/arguments";

const activations = {
  ...activationsOfCells,
  /** The other name of `silu`, and of `hardSilu`. */
  swish: activationsOfCells.silu,
  hardSwish: activationsOfCells.hardSilu,
  softmax: (x: Tensor) => softmax(x),
  logSoftmax: (x: Tensor) => logSoftmax(x),
} as const;

/** `softmax` and `logSoftmax` are over the last axis. */
export type Activation = keyof typeof activations;

export const anyActivation: Rule<Activation> = oneOf(...(Object.keys(activations) as Activation[])); // a constant record

/** The function of that name. */
export function activationFunction(name: Activation): (x: Tensor) => Tensor {
  return activations[name];
}
