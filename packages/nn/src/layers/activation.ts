// A function of each element, as a layer.
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import { anyActivation, type Activation } from "./activationFunction.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";

export interface ActivationConfig {
  readonly activation: Activation;
  readonly name?: string;
}

export const activationTable = {
  activation: required(anyActivation),
  name: optional(layerName),
} satisfies Table<ActivationConfig>;

/**
 * activation(x), `softmax` and `logSoftmax` over the last axis. Where a model ends with it, a loss over classes reads what lies in front of it, as with the activation of `dense`.
 *
 * x [batch, …] → the same shape. No weights.
 * Throws INVALID_ARGUMENT for an unknown activation; at build DTYPE_MISMATCH for indices, SHAPE_MISMATCH for the softmax of samples without axes.
 */
export function activation<const N extends LayerName = undefined>(
  options: ActivationConfig & Naming<N>,
): KnownLayer<"activation", N, NoWeights> {
  const config = namedOptions<ActivationConfig, N>("activation", activationTable, options);
  return layer({
    kind: "activation",
    config,
    build(input, who) {
      checkNumbers(who, input);
      if (isOverAxis(config.activation) && input.shape.length === 0) throw shapeMismatch(who, "x [batch, …, features]", input);
      return {
        output: input,
        weights: {},
        activation: config.activation,
        passes: config.activation === "linear",
        stepwise: "pointwise",
        apply: (_, x) => x,
      };
    },
  });
}

/** Is it no function of each element by itself? */
function isOverAxis(activation: Activation): boolean {
  return activation === "softmax" || activation === "logSoftmax";
}
