// What the caller may say to `compile` and `fit`, and what `fit` says back.
import type { Backend } from "@sluice/core";
import type { Numbers } from "../host/hostNumbers.ts";
import type { Loss } from "../losses/loss.ts";
import type { LossName } from "../losses/names.ts";
import type { Metric } from "../metrics/metric.ts";
import type { MetricName } from "../losses/metricNames.ts";
import type { WhichWeights } from "../learner/learner.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Scheduled } from "../schedules/schedule.ts";
import type { WeightGroup } from "../weights/roles.ts";
import type { ByName, Names } from "./names.ts";

/** L are the losses and M the metrics, as they were given. */
export interface CompileOptions<O extends Names = null, L extends Losses<O> = Losses<O>, M extends Metrics<O> = Metrics<O>> {
  /** Stays the caller's; close it after the trainer is disposed. */
  readonly backend: Backend;
  /** Needed to fit. */
  readonly optimizer?: Optimizer;
  /** Needed to fit and to evaluate; of a model with named outputs by name, for those that are to be learnt. */
  readonly loss?: L;
  /** What each output's loss counts in the whole, by name: a number, or a function of the updates done so far, which compiles nothing anew. Default 1. */
  readonly lossWeights?: BySome<O, Scheduled>;
  /** Of a model with named outputs by name; reported as "nextAccuracy" of the output "next". */
  readonly metrics?: M;
  /** Weights that differ in training, by layer ("lstm"), name ("lstm.wx") or pattern: frozen, without decay, with a price; of several that name one the first holds. Default none. */
  readonly groups?: readonly WeightGroup[];
  /** So many batches are one update, by the mean of their gradients by weight; a group goes on over the end of an epoch, and of a fit. Default 1. */
  readonly gradientAccumulationSteps?: number;
  /** Of the initial weights, the dropout masks and the shuffles; default 0. */
  readonly seed?: number;
  /** Of weights, gradients and outputs; default that of the weights that a loaded model comes with, otherwise "f32". */
  readonly dtype?: "f32" | "f64";
}

export type AnyLoss = LossName | Loss;
export type AnyMetric = MetricName | Metric;
export type Losses<O extends Names> = (O extends null ? AnyLoss : never) | BySome<O, AnyLoss>;
export type Metrics<O extends Names> = (O extends null ? readonly AnyMetric[] : never) | BySome<O, readonly AnyMetric[]>;

/** Something for some of several that have names. */
export type BySome<O extends Names, T> = [O & string] extends [never] ? never : { readonly [K in O & string]?: T };

/** x [samples, …], y [samples, …]; by name where the model names its inputs, or its outputs. */
export interface Data<I extends Names = null, O extends Names = null> extends Lengths<I> {
  readonly x: ByName<I, Numbers>;
  /** Targets; of named outputs those that have a loss. */
  readonly y: (O extends null ? Numbers : never) | BySome<O, Numbers>;
  /**
   * How much counts in losses and metrics, at least 0; default 1. [samples], of all outputs; or of one output [samples, steps] (for as many axes as its targets have, without
   * that of features or classes), by name where outputs have names. Every measure is Σ w·m / Σ w.
   */
  readonly sampleWeight?: Numbers | BySome<O, Numbers>;
}

/**
 * Batches that come one after the other, as many as there may be: an iterable, or an async one, of data; or a function that makes one for each epoch, from 1, counted over all of a
 * trainer's, so that what it draws may follow from it. Each is a batch of its own; one that has more samples than `batchSize` is several.
 */
export type Batches<I extends Names = null, O extends Names = null> =
  | BatchIterable<I, O>
  | ((epoch: number) => BatchIterable<I, O> | Promise<BatchIterable<I, O>>);
type BatchIterable<I extends Names, O extends Names> = Iterable<Data<I, O>> | AsyncIterable<Data<I, O>>;

/** By label, 1 for those left out; a list of all; or "balanced": labels / (classes that are there · how often this one is), so that each class counts as much as any other. */
export type ClassWeight = "balanced" | readonly number[] | Readonly<Record<number, number>>;

/** Which samples a model may see while it learns: the easiest first, then ever more of them. */
export interface Curriculum {
  /** How hard each sample is: its length, for data with `lengths`, or a number for each, [samples]. */
  readonly score: "length" | Numbers;
  /** Share of the samples, the easiest, that a batch is drawn from, in 0 … 1: a function of the updates done, such as `competence`. */
  readonly competence: Scheduled;
}

/** Whether a model that scores the next token reads, while it learns, the true token or its own (Bengio et al. 2015). */
export interface ScheduledSampling<I extends Names = null, O extends Names = null> {
  /** The input that brings the tokens, the targets one step later; by default the only one. */
  readonly input?: I & string;
  /** The output that scores the next token of each step; by default the only one. */
  readonly output?: O & string;
  /** Probability that a step reads the true token: in 0 … 1, or a function of the updates done, such as `inverseSigmoidDecay`. At 1 the truth alone is read, and nothing costs anything. */
  readonly teacherForcing: Scheduled;
  /** How often the model reads what it has said itself, each a run forward of the whole sequence; the first so many tokens are as one step after the other would have them. Default 1. */
  readonly passes?: number;
  /** Draw the token by its probability (default), or take the likeliest. */
  readonly sampling?: "sample" | "argmax";
}

/** How many steps of each sample count, where not all do: [samples], each 0 … steps. What stands past them, NaN included, changes no number. */
export interface Lengths<I extends Names> {
  /** By name, for some of the inputs, where the model names them. */
  readonly lengths?: (I extends null ? Numbers : never) | BySome<I, Numbers>;
}

/** What `fit` takes beside callbacks. R are the names of what is reported beside the loss; F is what `monitor` names, which must be one of them where it is a literal. What is called with R is a method, so that a trainer whose names are known is also one of any. */
export interface FitSettings<I extends Names = null, O extends Names = null, R extends string = string, F extends string = string> {
  readonly epochs: number;
  /** Default 32; of a stream, the samples of its first batch. */
  readonly batchSize?: number;
  /** Of a stream, so many batches are an epoch; default as many as come in a pass. */
  readonly stepsPerEpoch?: number;
  /** Evaluated after each epoch: gives valLoss and the metrics with "val" before them. */
  readonly validationData?: Data<I, O> | Batches<I, O>;
  /** Such a share of the samples, the last ones, before they are shuffled, is held out for that instead: above 0 and below 1. Not of a stream. */
  readonly validationSplit?: number;
  /**
   * Lengths, ascending: samples of at most so many steps share batches of that many, so that little of them is padding; those longer than all have batches of
   * all steps. One Program for each. For data with `lengths`; default none.
   */
  readonly bucketBoundaries?: readonly number[];
  /**
   * How much the labels of each class count in training, not in validation: they multiply `sampleWeight`. Of one-hot targets the class is where the largest is; of a single yes or no
   * 1 above ½. By name where outputs have names.
   */
  readonly classWeight?: (O extends null ? ClassWeight : never) | BySome<O, ClassWeight>;
  /**
   * Easy samples first; default none. While competence is below 1 the batches of an epoch, as many as ever, are drawn anew for each; each epoch that begins with 1 has every sample once. For
   * arrays that are shuffled.
   */
  readonly curriculum?: Curriculum;
  /** Let the model read tokens of its own; default none. */
  readonly scheduledSampling?: ScheduledSampling<I, O>;
  /** A new order of the samples for each epoch; default true. */
  readonly shuffle?: boolean;
  /** Of the shuffles; default the seed of `compile`. */
  readonly seed?: number;
  /** What says which epoch is best: a name in the epoch's log; default "valLoss" with validation data, otherwise "loss". */
  readonly monitor?: string extends F ? F : InLog<R>;
  /** End after so many epochs in a row without a new best one; default never. */
  readonly patience?: number;
  /** An epoch is a new best one where it is better by more than this; at least 0, default 0. */
  readonly minDelta?: number;
  /** Epochs before this one, counted from 1, are neither best nor count against `patience`; default 1. */
  readonly startFromEpoch?: number;
  /** At the end, also one by `signal` or an error, go back to the weights of the best epoch; default false. */
  readonly restoreBestWeights?: boolean;
  /** Whether validation, and the weights of the best epoch, are by the average that the optimizer keeps (`useEma`, `swaStart`); default false. */
  readonly averaged?: boolean;
  /**
   * What becomes of an update whose loss or gradient is not finite: "throw" leaves it and those after it out and ends training with NOT_FINITE, which tells where that arose; "skip" leaves it out alone,
   * and `history.skipped` counts them. Default "throw".
   */
  readonly onNotFinite?: "throw" | "skip";
  /** Awaited after each epoch, with its validation. */
  onEpochEnd?(log: EpochLog<R>): void | Promise<void>;
  /** Awaited some ten times a second; what it throws ends training, as for `onEpochEnd`. */
  onProgress?(progress: Progress<R>): unknown;
  /**
   * Whether to show how training is doing: a line that rewrites itself on standard error where that is a terminal, otherwise a line for each epoch on the console.
   * Default "auto": in a terminal, unless `onProgress` or a callback's looks on.
   */
  readonly verbose?: "auto" | boolean;
  /** Ends training after the runs that are queued, in good order: the next fit goes on from there. */
  readonly signal?: AbortSignal;
}

/** An epoch's losses and metrics by name, with validation data `valLoss` and the like among them. */
export type EpochLog<R extends string = string> = Readonly<Record<R, number>> & { readonly [K in R | "loss" as Validated<K>]?: number } & {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  /** In training, validation left out. */
  readonly examplesPerSecond: number;
};

/** What `monitor` may name. */
export type InLog<R extends string> = R | "loss" | Validated<R | "loss">;
/** "valLoss" */
type Validated<K extends string> = `val${Capitalize<K>}`;

export interface EvaluateOptions extends WhichWeights {
  /** Default 32. */
  readonly batchSize?: number;
  /** Rejects with ABORTED after the run on its way. */
  readonly signal?: AbortSignal;
}

/** The loss and every metric by name. */
export type Evaluation<R extends string = string> = Record<R, number> & { loss: number };

export interface PredictOptions<I extends Names = null> extends EvaluateOptions, Lengths<I> {}

export interface CheckpointOptions {
  /** Default false. */
  readonly optimizer?: boolean;
}

export interface History<R extends string = string> {
  /** One log per finished epoch. */
  readonly epochs: readonly EpochLog<R>[];
  /** Why it ended: all epochs done, no better one in `patience`, a callback's `stop`, `signal`, or, in `trainer.history` alone, what `fit` threw. */
  readonly ended: "epochs" | "patience" | "stop" | "signal" | "error";
  /** The best epoch by `monitor`, of equals the first; absent where none was finished. One of at most 0 was before this fit went on. */
  readonly best?: EpochLog<R>;
  /** With onNotFinite: "skip", how many batches were left out. */
  readonly skipped?: number;
  /** What ran the updates, in the backend's words. */
  readonly executor: string;
}

export interface Progress<R extends string = string> {
  /** From 1, of `epochs`. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches done in this epoch, of `steps`; absent in the first epoch of a stream, which nobody knows the length of. */
  readonly step: number;
  readonly steps?: number;
  /** Mean over this epoch so far. */
  readonly loss: number;
  readonly metrics: Readonly<Record<R, number>>;
  /** Examples per second of this fit in this epoch. */
  readonly rate: number;
  /** Until the last epoch ends; absent likewise. */
  readonly etaSeconds?: number;
  /** What runs the updates, in the backend's words. */
  readonly executor: string;
}
