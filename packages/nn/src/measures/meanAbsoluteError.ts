// Regression: the absolute error.
import { abs } from "@sluice/core";
import { checkedMeasure, likeOutput, meanPerSample, type Measure } from "./measure.ts";

/** mean |output − target|, over every axis but the batch. Target and output have the same shape. */
export const meanAbsoluteError: Measure = checkedMeasure({
  name: "meanAbsoluteError",
  target: likeOutput,
  perSample: (target, output) => meanPerSample(abs(output.sub(target))),
});
