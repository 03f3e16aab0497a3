// Counts, from their rate.
import { log } from "@sluice/core";
import { epsilon } from "../measures/epsilon.ts";
import { checkedMeasure, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/**
 * mean of output − target · log(output + 10⁻⁷), over every axis but the batch: −log of the Poisson probability of the target, but for a constant.
 * Targets are at least 0, and so must be the output, a rate: end with "softplus", or with an exponential of one's own.
 *
 * PyTorch's PoissonNLLLoss takes the logarithm of the rate where it is not told otherwise; with `log_input=False` it is this, with 10⁻⁸.
 */
export const poisson: Loss = checkedMeasure({
  name: "poisson",
  target: (output) => ({ shape: output, dtype: "float", range: [0, Infinity] }),
  perSample: (target, output) => meanPerSample(output.sub(target.mul(log(output.add(epsilon))))),
});
