// Regression: squared near the target, absolute far from it, smooth between.
import { abs, expm1, log1p } from "@sluice/core";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/**
 * mean log cosh e for e = output − target, over every axis but the batch. Target and output have the same shape.
 *
 * Computed as |e| + log(1 + ½ (e^−2|e| − 1)): nothing overflows, and a small error keeps its digits. The gradient is tanh e.
 */
export const logCosh: Loss = checkedMeasure({
  name: "logCosh",
  target: likeOutput,
  perSample(target, output) {
    const size = abs(output.sub(target));
    return meanPerSample(size.add(log1p(expm1(size.mul(-2)).mul(0.5))));
  },
});
