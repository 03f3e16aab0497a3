// One of the four things that a yes or no can be, counted.
import type { Tensor } from "@sluice/core";
import { checkedMeasure, likeOutput, sumPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";
import { above, type ThresholdConfig } from "./threshold.ts";

export function decisionCount<N extends string>(
  name: N,
  better: Metric["better"],
  { threshold = 0.5 }: ThresholdConfig,
  found: (y: Tensor, decided: Tensor) => Tensor,
): Metric<N> {
  return checkedMeasure<Metric<N>>({
    name,
    better,
    includes: "sigmoid",
    target: likeOutput,
    perSample: (y, z) => sumPerSample(found(y.greater(0.5), above(z, threshold))).expand(1),
    sums: { count: () => 1, result: ([count = 0]) => count },
  });
}

/** 1 − x */
export function not(x: Tensor): Tensor {
  return x.neg().add(1);
}
