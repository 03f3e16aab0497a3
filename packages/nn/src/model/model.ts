// A model: named layers and, once it was trained or loaded, the weights to start from; a trainer, which holds them on a backend; and
// what looks on while it trains. Each names the others, so they stand together. A model names no machine.
import type { HostArray, Shape } from "@sluice/core";
import type { AnyWeights, Known, Settable } from "../layers/known.ts";
import type { Symbolic } from "../layers/layer.ts";
import type { Spec } from "../layers/spec.ts";
import type {
  Batches,
  CheckpointOptions,
  CompileOptions,
  Data,
  EvaluateOptions,
  Evaluation,
  EpochLog,
  FitSettings,
  History,
  Losses,
  Metrics,
  PredictOptions,
  Progress,
} from "./options.ts";
import type { Reported } from "./reported.ts";
import type { WhichWeights } from "../learner/learner.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import type { BuiltModel } from "./built.ts";
import type { Graph, Named, NamedLayer } from "./graph.ts";
import type { ByName, EndNames, Names } from "./names.ts";
import type { Saved } from "./saved.ts";
import type { Decoder, DecoderOptions, Stream, StreamOptions } from "./streams.ts";
import type { Summary, SummaryOptions } from "./summary.ts";

/** What a model is made of, and what it makes, whatever its inputs and outputs are called. */
export interface AnyModel {
  readonly name: string;
  /** Each once, in an order in which each comes after what it reads. */
  readonly layers: readonly NamedLayer[];
  readonly graph: Graph;
  readonly ends: EndNames;
  readonly saved?: Saved;
  /** For inputs of indices: one more than the largest. */
  readonly indices: Named<number | undefined>;
  sample(shape: ByName<Names, Shape>): ByName<Names, Spec>;
  build(sample: ByName<Names, Spec>): BuiltModel;
  summary(shape?: ByName<Names, Shape>, options?: SummaryOptions): Summary;
  withWeights(weights: Settable<AnyWeights>, shape?: ByName<Names, Shape>): AnyModel;
  compile(options: CompileOptions<Names>): Promise<AnyTrainer>;
}

/**
 * I are the names of its inputs and O those of its outputs, null for one without a name. W are its weights by layer, so far as its layers' types tell
 * their names, and N is its own name.
 */
export interface Model<I extends Names = null, O extends Names = null, W = AnyWeights, N extends string = string> extends Known<
  "model",
  N,
  W
> {
  /**
   * The model as a layer of another, with the same weights wherever it stands in it: drawn, or where it was loaded those it came with. Its weights are its
   * own: a layer that stands within it and beside it has one set within and one beside.
   */
  (x: ByName<I, Symbolic>): ByName<O, Symbolic>;
  readonly name: N;
  /** Each once, in an order in which each comes after what it reads. */
  readonly layers: readonly NamedLayer[];
  readonly graph: Graph;
  readonly ends: EndNames;
  readonly saved?: Saved;
  /** For inputs of indices: one more than the largest. */
  readonly indices: Named<number | undefined>;
  /** What a sample of this shape must look like. Throws INVALID_ARGUMENT for what is no shape. */
  sample(shape: ByName<I, Shape>): ByName<I, Spec>;
  /** Pure. Throws INVALID_ARGUMENT for what is no sample, SHAPE_MISMATCH or DTYPE_MISMATCH naming the layer. */
  build(sample: ByName<I, Spec>): BuiltModel;
  /**
   * Its layers, what each gives and how many numbers it learns; `String(model.summary())` is a table. `shape` is one sample's, where the model says none.
   * Of `backends` it tells what each would run to predict `batch` rows: how many kernels, and what memory beside weights, inputs and outputs.
   *
   * Throws INVALID_ARGUMENT where no shape is known, UNSUPPORTED for what a backend lacks, and what `sample` and `build` throw.
   */
  summary(shape?: ByName<I, Shape>, options?: SummaryOptions): Summary;
  /**
   * The same model that starts from these weights, by layer and key as `trainer.weights()` gives them: those of another program, or a mean of several. `shape` is one
   * sample's, where the model says none. The arrays are kept, not copied; a layer that stands within it and beside it has one set within and one beside.
   *
   * Throws INVALID_ARGUMENT for a weight that is missing or unknown and where no shape is known, SHAPE_MISMATCH for one of another shape, NOT_FINITE for NaN and
   * ±∞, and what `sample` and `build` throw.
   */
  withWeights(weights: W | Settable<W>, shape?: ByName<I, Shape>): Model<I, O, W, N>;
  /**
   * A trainer that holds this model's weights on a backend; the caller disposes it.
   *
   * `optimizer` and `loss` may be left out where it only predicts. Throws INVALID_ARGUMENT for options that do not fit
   * together, UNSUPPORTED for a dtype the backend lacks, and what `build` throws where the inputs say their shapes.
   */
  compile<const L extends Losses<O> = never, const M extends Metrics<O> = never>(
    options: CompileOptions<O, L, M>,
  ): Promise<Trainer<I, O, W, Reported<O, L, M>>>;
}

/**
 * Made by `model.compile`; owns its weights on the backend until it is disposed. The backend stays the caller's.
 * W are the weights by layer, and R the names of what it reports beside the loss: "mae", and of the output "next" "nextLoss".
 *
 * Every verb throws DISPOSED once the trainer is disposed or its backend closed, and checks data before it runs:
 * EMPTY_DATA, SHAPE_MISMATCH, DTYPE_MISMATCH, NOT_FINITE and INDEX_OUT_OF_RANGE, the last two with row and column.
 */
export interface Trainer<I extends Names = null, O extends Names = null, W = AnyWeights, R extends string = string> extends Verbs<
  I,
  O,
  W,
  R
> {
  readonly model: Model<I, O, W>;
}

export interface AnyTrainer extends Verbs<Names, Names, AnyWeights, string> {
  readonly model: AnyModel;
}

interface Verbs<I extends Names, O extends Names, W, R extends string> extends Disposable, AsyncDisposable {
  /** What the last `fit` came to, also one that threw; undefined before the first has ended. */
  readonly history: History<R> | undefined;
  /**
   * Trains for `epochs` passes over x [samples, …] and y [samples, …], in batches; resolves to what happened.
   *
   * One batch is one run of one Program: forward, backward, clip, update. The last batch is padded with rows that count
   * nothing. Numbers follow from the seed alone, not from the clock or from who looks. Typed arrays up to 64 MiB are copied;
   * larger ones must stay as they are until `fit` settles, and INVALID_ARGUMENT ends it where one that is read in place does not.
   *
   * A further call goes on from where the last one ended. Where that was amid its epochs (`signal`, an error, or saved while
   * it ran) and the best weights were not gone back to, the first epoch of a call with as many samples, the same `batchSize`,
   * `shuffle` and `seed` is what is left of the one cut short, and the best epoch and `patience` of the same `monitor` go on.
   *
   * Data that come in a stream of batches may have more than memory holds: one batch is asked for when the one before is enqueued. They come in the order of the stream; samples of all are of
   * one shape. A fit that goes on amid an epoch passes over what was done, unless the stream is its own iterator, which goes on by itself.
   *
   * Where indices look right-padded and neither `lengths` nor a `maskIndex` says what counts, console.warn tells once: of at least 8 rows of at least 4
   * steps a quarter end in a run of one and the same index, the runs are of unlike lengths, and it stands nowhere else.
   *
   * Besides the above throws INVALID_ARGUMENT for options that make no sense or while another fit of this trainer runs,
   * NOT_FINITE naming epoch and step where a loss or gradient is not finite, and the layer, operation and row that it is from (that update and those after it are left out, and
   * the epoch will begin anew), and whatever a callback throws. Then `history` holds the epochs that were over, the weights
   * are the best ones where `restoreBestWeights` asked for them and otherwise the last, and the trainer goes on working.
   */
  fit<const F extends string = string>(data: Data<I, O> | Batches<I, O>, options: FitOptions<I, O, R, F>): Promise<History<R>>;
  /** The loss and every metric by name, their means over the samples by weight. Throws ABORTED where `signal` ended it. */
  evaluate(data: Data<I, O> | Batches<I, O>, options?: EvaluateOptions): Promise<Evaluation<R>>;
  /** The model's outputs [samples, …] for x [samples, …], the caller's own. Throws ABORTED where `signal` ended it. */
  predict(x: ByName<I, Numbers>, options?: PredictOptions<I>): Promise<ByName<O, HostArray>>;
  /**
   * The model one step at a time, on this backend and with these weights: each step gives what `predict` gives of all steps so far. The caller disposes it,
   * or the trainer with itself.
   *
   * Throws UNSUPPORTED, naming the layer, where one reads steps that are yet to come (bidirectional, attention that is not causal);
   * INVALID_ARGUMENT where one keeps something of every step and `maxSteps` is not said, and for inputs that are missing.
   */
  stream(options?: StreamOptions<I>): Promise<Stream<O>>;
  /** The same as a step of `generate` and `beamSearch`, for a model that reads tokens and scores the next. Throws likewise. */
  decoder(options?: DecoderOptions<I, O>): Promise<Decoder>;
  /**
   * Copies of the weights by layer and key: `(await trainer.weights()).dense.kernel`; where types do not tell the names, `weights["dense"]?.kernel?.data`. With `averaged` those of the optimizer's
   * average: `model.withWeights(await trainer.weights({ averaged: true }))` is the model to save, export and stream.
   */
  weights(options?: WhichWeights): Promise<W>;
  /** Copies in what `weights` gives. Throws INVALID_ARGUMENT for a weight that is missing or unknown, SHAPE_MISMATCH for another shape, NOT_FINITE for NaN and ±∞; then nothing is changed. */
  setWeights(weights: W | Settable<W>): void;
  /** What `serialize` writes, as of this call: weights and, with `optimizer`, what training needs to go on as if it had not stopped. */
  checkpoint(options?: CheckpointOptions): Promise<Saved>;
  /** Frees what the trainer holds on its backend. A second call does nothing. */
  dispose(): void;
}

export interface FitOptions<
  I extends Names = null,
  O extends Names = null,
  R extends string = string,
  F extends string = string,
> extends FitSettings<I, O, R, F> {
  /** What looks on and steps in, each called in the order given. Default none. */
  readonly callbacks?: readonly Callback<R>[];
}

/**
 * What is called while `fit` trains, as Keras's callbacks are; each is awaited. What one throws ends training as any error does: the best weights are gone back to
 * where that was asked for, and the epoch goes on with the next fit.
 *
 * Numbers do not depend on callbacks that only look.
 */
export interface Callback<R extends string = string> {
  /** What its state goes by in checkpoints, and who it is in errors; each in a list has another. */
  readonly name: string;
  /** Called after all others, wherever it stands: for what saves where they came to. Default false. */
  readonly isLast?: boolean;
  /** Before the first epoch, and before what a fit that was cut short left is taken up: the place for `restore`. */
  onTrainBegin?(training: Training<R>): void | Promise<void>;
  onEpochBegin?(epoch: EpochMoment, training: Training<R>): void | Promise<void>;
  /** Before a batch is enqueued. */
  onTrainBatchBegin?(batch: BatchMoment, training: Training<R>): void | Promise<void>;
  /** After it was enqueued; `training.means()` waits until it is done. */
  onTrainBatchEnd?(batch: BatchMoment, training: Training<R>): void | Promise<void>;
  /** Some ten times a second, as `FitSettings.onProgress`. */
  onProgress?(progress: Progress<R>, training: Training<R>): void | Promise<void>;
  /** With its validation. */
  onEpochEnd?(log: EpochLog<R>, training: Training<R>): void | Promise<void>;
  /** However it ended, an error included: for what must be closed. After an error what this throws is not heard of. */
  onTrainEnd?(history: History<R>, training: Training<R>): void | Promise<void>;
  /** What it needs to go on from a checkpoint: null, numbers, texts, and lists and records of them. */
  state?(): unknown;
  /** Back to what `state` gave. Called after `onTrainBegin`, where a checkpoint or a fit that was cut short has something under its name. */
  resume?(state: unknown, training: Training<R>): void | Promise<void>;
}

export interface EpochMoment {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Batches of an epoch; absent in the first of a stream, which nobody knows the length of. */
  readonly steps?: number;
}

export interface BatchMoment extends EpochMoment {
  /** From 1, in this epoch. */
  readonly step: number;
}

/** A fit under way, as callbacks see it and steer it. */
export interface Training<R extends string = string> {
  readonly trainer: AnyTrainer;
  readonly epochs: number;
  readonly batchSize: number;
  /** Of the training data; absent where they come in a stream. */
  readonly samples?: number;
  /** Whether each epoch is followed by validation. */
  readonly validates: boolean;
  /** Whether that is by the average of the weights. */
  readonly averaged: boolean;
  /** Batches that the trainer has been through, those before this fit included. */
  readonly batches: number;
  /** Of the epochs that are over. */
  readonly logs: readonly EpochLog<R>[];
  /** That of the next update; undefined for an optimizer that does not say. */
  readonly learningRate: number | undefined;
  /** What all learning rates are multiplied by, also in fits to come and in checkpoints; at least 0, at first 1. */
  learningRateScale: number;
  /** Ends training after what is queued; the next fit goes on from there. */
  stop(): void;
  /** The loss and every metric so far in this epoch. Waits for what is queued; NaN before the first batch. */
  means(): Promise<Evaluation<R>>;
  /** Which values of what is reported are better. Throws INVALID_ARGUMENT for what is not. */
  better(monitor: string): "lower" | "higher";
  /**
   * Weights, optimizer, counts and, where `saved` is of a fit under way, its epochs so far, so that this fit ends as that one would have. In `onTrainBegin` alone.
   *
   * Throws INVALID_ARGUMENT for what was saved without its optimizer or by another, and where other weights trained; SHAPE_MISMATCH. Then nothing is changed.
   */
  restore(saved: Saved): Promise<void>;
}
