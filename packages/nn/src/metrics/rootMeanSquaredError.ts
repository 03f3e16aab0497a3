// Regression: the squared error in the unit of the target.
import { constant, square, stack } from "@sluice/core";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";

/** √ of the mean (output − target)² over all that counts. Target and output have the same shape. NaN where nothing counts. */
export const rootMeanSquaredError: Metric<"rootMeanSquaredError"> = checkedMeasure({
  name: "rootMeanSquaredError",
  better: "lower",
  target: likeOutput,
  perSample(target, output) {
    const squares = meanPerSample(square(output.sub(target)));
    return stack([squares, constant(1, squares.shape, squares.dtype)], 1);
  },
  sums: { count: () => 2, result: ([squares = 0, count = 0]) => Math.sqrt(squares / count) },
});
