// What a runner is made from: the options of `compile`, checked, and the variables.
import type { Backend } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { Loss } from "../losses/loss.ts";
import type { Metric } from "../metrics/metric.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Model } from "../model/model.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Variables } from "../learner/variables.ts";

/** What a runner runs on: batches of so many samples. */
export interface Batches {
  readonly sample: Spec;
  readonly batch: number;
}

export interface Setting {
  readonly model: Model;
  readonly backend: Backend;
  readonly dtype: "f32" | "f64";
  readonly seed: number;
  readonly metrics: readonly Metric[];
  /** Throws INVALID_ARGUMENT where `compile` was given none. */
  loss(who: string): Loss;
  /** Throws likewise. */
  optimizer(who: string): Optimizer;
  /** Throws INVALID_ARGUMENT while neither an input layer, a saved model nor data has told a sample's shape. */
  variables(who: string): Variables;
  /** The model for such samples. Throws SHAPE_MISMATCH where the variables do not fit, INVALID_ARGUMENT for metrics that do not. */
  build(sample: Spec): BuiltModel;
}
