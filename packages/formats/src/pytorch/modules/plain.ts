// Modules of a weight and perhaps a bias: nn.Linear, nn.Embedding, nn.Conv1d, nn.ConvTranspose1d, norms, nn.PReLU.
import type { Shape } from "@sluice/core";
import { reshaped, reversedAxes, zeros } from "../arrays.ts";
import { one, reversed, same, type Named, type Part } from "../part.ts";

type Weights = Named<Shape>;

function biasOf({ bias }: Weights): readonly Part[] {
  return bias === undefined ? [] : [same("bias", "bias", bias)];
}

/** `kernel` [features, units] ↔ weight [units, features]; of convolutions [size, input / groups, filters] ↔ [filters, input / groups, size]. */
export function kernelParts(weights: Weights): readonly Part[] {
  return [reversed("weight", "kernel", weights["kernel"] ?? []), ...biasOf(weights)];
}

/** `kernel` [size, input, each] ↔ the weight [input·each, 1, size] of a convolution in as many groups as inputs. */
export function depthwiseParts(weights: Weights): readonly Part[] {
  const kernel = weights["kernel"] ?? [],
    [size = 0, input = 0, each = 0] = kernel;
  return [
    one("weight", [input * each, 1, size], "kernel", kernel, (array) => reshaped(reversedAxes(array), kernel), (array) => reversedAxes(reshaped(array, [size, 1, input * each]))), // prettier-ignore
    ...biasOf(weights),
  ];
}

export function embeddingParts({ embeddings = [] }: Weights): readonly Part[] {
  return [same("weight", "embeddings", embeddings)];
}

/** `gamma` and `beta`, so far as there are, ↔ weight and bias. */
export function normParts({ gamma, beta }: Weights): readonly Part[] {
  return [...(gamma === undefined ? [] : [same("weight", "gamma", gamma)]), ...(beta === undefined ? [] : [same("bias", "beta", beta)])];
}

/**
 * Beside them `movingMean` and `movingVariance` ↔ running_mean and running_var. `num_batches_tracked`, by which PyTorch averages where its momentum is None, has
 * no counterpart: it may be missing, and goes back as 0.
 */
export function batchNormParts(weights: Weights): readonly Part[] {
  const { movingMean = [], movingVariance = [] } = weights;
  return [
    ...normParts(weights),
    same("running_mean", "movingMean", movingMean),
    same("running_var", "movingVariance", movingVariance),
    {
      tensors: { num_batches_tracked: [] },
      weights: {},
      isOptional: true,
      take: () => ({}),
      give: () => ({ num_batches_tracked: zeros("i32", []) }),
    },
  ];
}

/** `alpha`, with one axis above 1 at most, ↔ weight [features], or [1]. */
export function preluParts({ alpha = [] }: Weights): readonly Part[] {
  const flat = [alpha.reduce((product, n) => product * n, 1)];
  return [one("weight", flat, "alpha", alpha, (array) => reshaped(array, alpha), (array) => reshaped(array, flat))]; // prettier-ignore
}
