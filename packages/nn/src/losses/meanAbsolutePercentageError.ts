// Regression: the absolute error as a part of the target.
import { abs, maximum } from "@sluice/core";
import { epsilon } from "../measures/epsilon.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/** 100 · mean |output − target| / max(|target|, 10⁻⁷), over every axis but the batch. Target and output have the same shape. */
export const meanAbsolutePercentageError: Loss = checkedMeasure({
  name: "meanAbsolutePercentageError",
  target: likeOutput,
  perSample: (target, output) => meanPerSample(abs(output.sub(target)).div(maximum(abs(target), epsilon))).mul(100),
});
