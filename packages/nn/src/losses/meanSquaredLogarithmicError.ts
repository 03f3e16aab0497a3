// Regression of quantities that are not negative: the squared error of their logarithms.
import { log1p, maximum, square, type Tensor } from "@sluice/core";
import { epsilon } from "../measures/epsilon.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/**
 * mean (log(1 + output) − log(1 + target))², over every axis but the batch; of each at least 10⁻⁷, below which the gradient is 0.
 * Target and output have the same shape.
 */
export const meanSquaredLogarithmicError: Loss = checkedMeasure({
  name: "meanSquaredLogarithmicError",
  target: likeOutput,
  perSample: (target, output) => meanPerSample(square(magnitude(output).sub(magnitude(target)))),
});

function magnitude(x: Tensor): Tensor {
  return log1p(maximum(x, epsilon));
}
