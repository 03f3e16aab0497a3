// What the verbs of a model and a trainer take, as data.
import type { Backend } from "@sluice/core";
import { boolean, finite, floatDType, oneOf, options, size, text, type Rule } from "@sluice/core/arguments";
import { lossNames, type LossName } from "../losses/resolveLoss.ts";
import type { Loss } from "../losses/loss.ts";
import { metricNames, type MetricName } from "../metrics/resolveMetric.ts";
import type { Metric } from "../metrics/metric.ts";
import { anyOptimizer } from "../optimizers/optimizer.ts";
import { anyRecord, callable, counter, either, having, listOf } from "../options/rules.ts";
import { optional, preset, required, type Table } from "../options/table.ts";
import type { WeightGroup } from "../weights/roles.ts";
import type { CheckpointOptions, CompileOptions, Data, EvaluateOptions, FitOptions } from "../model/options.ts";

/** What it must have is the session's to check, which says how to get one. */
const anyBackend: Rule<Backend> = {
  expected: "a backend, as open() resolves to",
  accepts: (value): value is Backend => value !== undefined,
};
const anyLoss: Rule<Loss> = having("a record with name, target and perSample", {
  name: "string",
  target: "function",
  perSample: "function",
});
const anyMetric: Rule<Metric> = having("one with better too", {
  ...{ name: "string", better: "string" },
  ...{ target: "function", perSample: "function" },
});

export const compileTable = {
  backend: required(anyBackend),
  optimizer: optional(anyOptimizer),
  loss: optional(either<LossName, Loss>(oneOf(...lossNames), anyLoss)),
  metrics: preset(listOf(either<MetricName, Metric>(oneOf(...metricNames), anyMetric)), []),
  groups: preset(listOf(anyRecord as Rule<WeightGroup>), []), // each is checked by its own table
  seed: preset(finite, 0),
  dtype: optional(floatDType), // that of the weights that a loaded model comes with
} satisfies Table<CompileOptions>;

const patience: Rule<number> = {
  expected: `${counter.expected}, or Infinity`,
  accepts: (value): value is number => value === Infinity || counter.accepts(value),
};

const anySignal: Rule<AbortSignal> = having("an AbortSignal", { aborted: "boolean", addEventListener: "function" });

export const fitTable = {
  epochs: required(size),
  batchSize: preset(size, 32),
  validationData: optional(anyRecord as Rule<Data>), // checked as data is
  shuffle: preset(boolean, true),
  seed: optional(finite), // that of `compile`
  monitor: optional(text), // "valLoss" with validation data, otherwise "loss"
  patience: preset(patience, Infinity),
  restoreBestWeights: preset(boolean, false),
  onEpochEnd: optional(callable as Rule<NonNullable<FitOptions["onEpochEnd"]>>),
  onProgress: optional(callable as Rule<NonNullable<FitOptions["onProgress"]>>),
  signal: optional(anySignal),
} satisfies Table<FitOptions>;

/** What the numbers are is checked where they are read. Throws INVALID_ARGUMENT for a name that there is not, such as "sampleWeights". */
export function checkData(who: string, data: Data): void {
  options(who, data, { x: true, y: true, sampleWeight: true }, "data");
}

export const batchTable = { batchSize: preset(size, 32), signal: optional(anySignal) } satisfies Table<EvaluateOptions>;

export const checkpointTable = { optimizer: preset(boolean, false) } satisfies Table<CheckpointOptions>;
