// The functions a layer may end with, by their Keras names.
import { activations as activationsOfCells, SluiceError, softmax, softplus, type Tensor } from "@sluice/core";

const activations = {
  ...activationsOfCells,
  softmax: (x: Tensor) => softmax(x),
  softplus,
} as const;

/** `softmax` is over the last axis. */
export type Activation = keyof typeof activations;

/** Throws INVALID_ARGUMENT for a name that is none. */
export function activation(who: string, name: Activation): (x: Tensor) => Tensor {
  if (Object.hasOwn(activations, name)) return activations[name];
  const known = Object.keys(activations).join(", ");
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `there is no activation "${name}"`,
    fix: `Take one of ${known}`,
    facts: { activation: name },
  });
}
