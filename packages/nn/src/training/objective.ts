// What a model's loss and metrics come to for a batch: means over its samples, by their weights.
import type { Tensor, Tree } from "@sluice/core";
import { positive, type Given, type Objective } from "../learner/update.ts";
import type { Measure } from "../measures/measure.ts";
import type { BuiltModel } from "../model/built.ts";

/** What a batch brings. */
export interface BatchInputs<T> {
  readonly x: T;
  readonly y: T;
  readonly weight: T;
}

/** Σ w·loss / Σ w, which is 0 for a batch in which nothing counts, and the sums of all measures. */
export function modelObjective(
  built: BuiltModel,
  loss: Measure,
  metrics: readonly Measure[],
): (weights: Tree<Tensor>, given: Given<BatchInputs<Tensor>, Tensor>) => Objective {
  return (weights, { batch: { x, y, weight }, masks }) => {
    const output = built.apply(weights as Readonly<Record<string, Tree<Tensor>>>, x, masks); // a model's weights are by layer
    const sums = [loss, ...metrics].map((measure) => measure.perSample(y, output).mul(weight).sum());
    const whole = weight.sum();
    return { loss: sums[0]!.div(positive(whole)), weight: whole, sums }; // the loss is the first measure
  };
}
