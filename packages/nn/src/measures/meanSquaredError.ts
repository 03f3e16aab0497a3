// Regression: the squared error.
import { square } from "@sluice/core";
import { checkedMeasure, likeOutput, meanPerSample, type Measure } from "./measure.ts";

/** mean (output − target)², over every axis but the batch. Target and output have the same shape. */
export const meanSquaredError: Measure = checkedMeasure({
  name: "meanSquaredError",
  target: likeOutput,
  perSample: (target, output) => meanPerSample(square(output.sub(target))),
});
