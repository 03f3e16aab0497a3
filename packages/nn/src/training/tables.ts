// What the verbs of a model and a trainer take, as data.
import type { Names } from "../model/names.ts";
import type { DecoderOptions, StepOptions, StreamOptions } from "../model/streams.ts";
import type { SummaryOptions } from "../model/summary.ts";
import type { Backend } from "@sluice/core";
import { boolean, finite, floatDType, nonNegative, oneOf, options, positive, size, text, type Rule } from "@sluice/core/arguments";
import { lossNames, type LossName } from "../losses/names.ts";
import type { Loss } from "../losses/loss.ts";
import { metricNames, type MetricName } from "../losses/metricNames.ts";
import type { Metric } from "../metrics/metric.ts";
import { anyWeight } from "./lossWeights.ts";
import { whichTable } from "../learner/learner.ts";
import { anyOptimizer } from "../optimizers/optimizer.ts";
import { anyRecord, callable, counter, either, having, listOf, someOf } from "../options/rules.ts";
import { isRecord, optional, preset, required, type Table } from "../options/table.ts";
import type { Callback, FitOptions } from "../model/model.ts";
import type { WeightGroup } from "../weights/roles.ts";
import { hooks } from "./hooks.ts";
import { isStream } from "./streamed.ts";
import type {
  AnyLoss,
  AnyMetric,
  Batches,
  CheckpointOptions,
  CompileOptions,
  Curriculum,
  Data,
  EvaluateOptions,
  PredictOptions,
} from "../model/options.ts";

/** What it must have is the session's to check, which says how to get one. */
const anyBackend: Rule<Backend> = {
  expected: "a backend, as open() resolves to",
  accepts: (value): value is Backend => value !== undefined,
};
const openBackend: Rule<Backend> = having(anyBackend.expected, { name: "string", supports: "object", compile: "function" });
const anyLoss: Rule<Loss> = having("one with name, target and perSample", {
  name: "string",
  target: "function",
  perSample: "function",
});
const anyMetric: Rule<Metric> = having("one with better too", {
  ...{ name: "string", better: "string" },
  ...{ target: "function", perSample: "function" },
});

/** Any text: what is none of these is told what it may have meant where it is looked up. */
const anyName = <T extends string>(names: readonly T[]): Rule<T> => ({
  ...oneOf(...names),
  accepts: (value): value is T => text.accepts(value),
});
const oneLoss: Rule<AnyLoss> = either<LossName, Loss>(anyName(lossNames), anyLoss);
const someMetrics: Rule<readonly AnyMetric[]> = listOf(either<MetricName, Metric>(anyName(metricNames), anyMetric));
type CompileLoss = NonNullable<CompileOptions<Names>["loss"]>;
type CompileMetrics = NonNullable<CompileOptions<Names>["metrics"]>;

export const compileTable = {
  backend: required(anyBackend),
  optimizer: optional(anyOptimizer),
  loss: optional(either<CompileLoss, CompileLoss>(oneLoss, someOf(oneLoss, "a record of them by output"))),
  lossWeights: optional(someOf(anyWeight, "a record by output, each a number or a function")),
  metrics: preset(either<CompileMetrics, CompileMetrics>(someMetrics, someOf(someMetrics, "a record of such lists by output")), []),
  groups: preset(listOf(anyRecord as Rule<WeightGroup>), []), // each is checked by its own table
  gradientAccumulationSteps: preset(size, 1),
  seed: preset(finite, 0),
  dtype: optional(floatDType), // that of the weights that a loaded model comes with
} satisfies Table<CompileOptions<Names>>;

export const summaryTable = {
  backends: preset(listOf(openBackend), []),
  batch: preset(size, 1),
} satisfies Table<SummaryOptions>;

const patience: Rule<number> = {
  expected: `${counter.expected}, or Infinity`,
  accepts: (value): value is number => value === Infinity || counter.accepts(value),
};

const anySignal: Rule<AbortSignal> = having("an AbortSignal", { aborted: "boolean", addEventListener: "function" });

const anyClassWeight: Rule<NonNullable<FitOptions<Names, Names>["classWeight"]>> = {
  expected: '"balanced", a list of a number for each class, or a record of such by label; by output where those have names',
  accepts: (value): value is NonNullable<FitOptions<Names, Names>["classWeight"]> =>
    value === "balanced" || (typeof value === "object" && value !== null),
};

const anyCallback: Rule<Callback> = {
  expected: `a callback: a record with a name and some of ${[...hooks, "state", "resume"].join(", ")}, each a function`,
  accepts: (value): value is Callback =>
    isRecord(value) &&
    text.accepts(value["name"]) &&
    value["name"] !== "" &&
    (value["isLast"] === undefined || boolean.accepts(value["isLast"])) &&
    [...hooks, "state", "resume"].every((hook) => value[hook] === undefined || callable.accepts(value[hook])),
};

const anyData: Rule<NonNullable<FitOptions<Names, Names>["validationData"]>> = {
  expected: "data { x, y }, an iterable of such batches, or a function that makes one",
  accepts: (value): value is NonNullable<FitOptions<Names, Names>["validationData"]> =>
    callable.accepts(value) || (typeof value === "object" && value !== null),
};
const share: Rule<number> = {
  expected: "a number above 0 and below 1",
  accepts: (value): value is number => positive.accepts(value) && value < 1,
};

export const fitTable = {
  epochs: required(size),
  batchSize: preset(size, 32),
  stepsPerEpoch: optional(size),
  validationData: optional(anyData), // checked as data is
  validationSplit: optional(share),
  bucketBoundaries: optional(listOf(size)),
  classWeight: optional(anyClassWeight), // checked with the labels
  curriculum: optional(anyRecord as Rule<Curriculum>), // by its own table
  scheduledSampling: optional(anyRecord as Rule<NonNullable<FitOptions<Names, Names>["scheduledSampling"]>>), // by its own table
  shuffle: preset(boolean, true),
  seed: optional(finite), // that of `compile`
  monitor: optional(text), // "valLoss" with validation data, otherwise "loss"
  patience: preset(patience, Infinity),
  minDelta: preset(nonNegative, 0),
  startFromEpoch: preset(size, 1),
  restoreBestWeights: preset(boolean, false),
  averaged: preset(boolean, false),
  onNotFinite: preset(oneOf("throw", "skip"), "throw"),
  onEpochEnd: optional(callable as Rule<NonNullable<FitOptions<Names, Names>["onEpochEnd"]>>),
  onProgress: optional(callable as Rule<NonNullable<FitOptions<Names, Names>["onProgress"]>>),
  verbose: preset(either(oneOf("auto"), boolean), "auto"),
  signal: optional(anySignal),
  callbacks: preset(listOf(anyCallback), []),
} satisfies Table<FitOptions<Names, Names>>;

/** What the numbers are is checked where they are read. Throws INVALID_ARGUMENT for a name that there is not, such as "sampleWeights". */
export function checkData(who: string, data: Data<Names, Names> | Batches<Names, Names>): void {
  if (isStream(data)) return; // each batch is checked when it comes
  options(who, data, { x: true, y: true, sampleWeight: true, lengths: true }, "data");
}

export const batchTable = { batchSize: preset(size, 32), ...whichTable, signal: optional(anySignal) } satisfies Table<EvaluateOptions>;

/** What it is is checked where it is read. */
const anything: Rule<NonNullable<PredictOptions<Names>["lengths"]>> = {
  expected: "[samples] whole numbers, or a record of them by input",
  accepts: (value): value is NonNullable<PredictOptions<Names>["lengths"]> => typeof value === "object" && value !== null,
};

export const predictTable = { ...batchTable, lengths: optional(anything) } satisfies Table<PredictOptions<Names>>;

const byInput: Rule<NonNullable<StepOptions<Names>["inputs"]>> = {
  expected: "a record of numbers by input",
  accepts: (value): value is NonNullable<StepOptions<Names>["inputs"]> => isRecord(value), // which are checked where they are read
};
const stepTable = {
  over: optional(text),
  maxSteps: optional(size),
  inputs: optional(byInput),
  lengths: optional(byInput),
} satisfies Table<StepOptions<Names>>;

export const streamTable = { ...stepTable, batch: optional(size) } satisfies Table<StreamOptions<Names>>;

export const decoderTable = {
  ...stepTable,
  rows: optional(size),
  scores: optional(text),
  alignment: optional(text),
} satisfies Table<DecoderOptions<Names, Names>>;

export const checkpointTable = { optimizer: preset(boolean, false) } satisfies Table<CheckpointOptions>;
