// What a runner is made from: the options of `compile`, checked, and the variables.
import type { Backend, Shape } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import type { AnyModel } from "../model/model.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Variables } from "../learner/variables.ts";
import type { Dataset } from "./dataset.ts";
import type { SamplingPlan } from "./scheduledSampling.ts";
import type { Head } from "./heads.ts";

/** What a runner runs on: batches of so many samples. */
export interface Batches {
  /** By input. */
  readonly sample: Named<Spec>;
  readonly batch: number;
  /** Inputs whose steps do not all count. */
  readonly counted: readonly string[];
  /** Whether by the average of the weights; default by those that learn. */
  readonly averaged?: boolean;
}

export interface MeasuredBatches extends Batches {
  /** Of a sample's target, by output. */
  readonly rows: Named<Shape>;
  /** By output that has weights of its own, the axes of a sample's. */
  readonly weighted: Named<number>;
}

export interface TrainingBatches extends MeasuredBatches {
  /** Of the buckets by length, ascending; none where all batches have as many steps. */
  readonly boundaries: readonly number[];
  /** Where the model is to read tokens of its own. */
  readonly sampling?: SamplingPlan | undefined;
  /** Whether an update that is not finite is left out alone. Default false: all after it are too. */
  readonly skipsUnsound?: boolean;
}

export interface Setting {
  readonly model: AnyModel;
  readonly backend: Backend;
  readonly dtype: "f32" | "f64";
  readonly seed: number;
  /** What is measured; throws INVALID_ARGUMENT where `compile` was given no loss. */
  heads(who: string): readonly Head[];
  /** Throws likewise. */
  optimizer(who: string): Optimizer;
  /** Throws INVALID_ARGUMENT while neither an input layer, a saved model nor data has told a sample's shape. */
  variables(who: string): Variables;
  /** The model for such samples. Throws SHAPE_MISMATCH where the variables do not fit, INVALID_ARGUMENT for metrics that do not. */
  build(sample: Named<Spec>): BuiltModel;
}

/** The same for batches that one Program is for. */
export function keyOf({ sample, batch, counted, averaged = false }: Batches): string {
  const inputs = Object.values(sample).map(({ dtype, shape }) => `${dtype} ${shape.join()}`);
  return `${inputs.join("; ")} x ${batch} ${counted.join()} ${averaged}`;
}

export function measuredKeyOf({ rows, weighted, ...batches }: MeasuredBatches): string {
  return `${keyOf(batches)} ${Object.values(rows).join("; ")} ${Object.entries(weighted).join(" ")}`;
}

export function trainingKeyOf({ boundaries, sampling, skipsUnsound = false, ...batches }: TrainingBatches): string {
  return `${measuredKeyOf(batches)} ${boundaries.join()} ${JSON.stringify(sampling ?? null)} ${skipsUnsound}`;
}

/** What a Program for this data takes. */
export function takenBy({ sample, lengths, rows, weights }: Dataset): Omit<MeasuredBatches, "batch"> {
  const axes = Object.entries(weights).map(([output, { axes }]) => [output, axes] as const);
  return { sample, counted: Object.keys(lengths), rows, weighted: Object.fromEntries(axes) };
}
