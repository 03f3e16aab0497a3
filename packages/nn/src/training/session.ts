// What a trainer's verbs share: the options, checked; the variables, made as soon as a sample's shape is known; and the
// Programs compiled so far.
import { SluiceError, type Backend } from "@sluice/core";
import { describe, type Spec } from "../layers/spec.ts";
import { resolveLoss } from "../losses/resolveLoss.ts";
import type { Loss } from "../losses/loss.ts";
import { resolveMetric } from "../metrics/resolveMetric.ts";
import type { Metric } from "../metrics/metric.ts";
import { layoutOf, packing, trainedPart, viewHost, type Layout } from "../weights/layout.ts";
import { layoutWithRoles } from "../weights/layoutWithRoles.ts";
import { checkedGroups, type WeightGroup } from "../weights/roles.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Model } from "../model/model.ts";
import type { Saved, SavedBest, SavedProgress } from "../model/saved.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { BestSoFar } from "./best.ts";
import { checkEnding, checkMetrics, checkState, checkTrained } from "./checks.ts";
import { dataset, samplesOf, type Dataset, type Reading, type Samples } from "./dataset.ts";
import { evaluationRunner, type EvaluationRunner } from "./evaluationRunner.ts";
import type { CompileOptions, Data, EpochLog, History } from "../model/options.ts";
import type { Numbers } from "../host/hostNumbers.ts";
import { predictionRunner, type PredictionRunner } from "./predictionRunner.ts";
import { Runners } from "../learner/runners.ts";
import { checkSupport } from "../learner/support.ts";
import type { Batches, Setting } from "./setting.ts";
import { trainingRunner, type TrainingRunner } from "./trainingRunner.ts";
import { inTurns, type Pieces } from "../host/turns.ts";
import { startOf, Variables, type SavedVariables } from "../learner/variables.ts";

/** A moment of a fit under way. */
export interface Standing {
  /** Updates that were enqueued and left out. */
  readonly skipped: number;
  readonly progress: SavedProgress;
}

export class Session implements Setting {
  readonly model: Model;
  readonly backend: Backend;
  readonly dtype: "f32" | "f64";
  readonly seed: number;
  readonly metrics: readonly Metric[];
  readonly training = new Runners<Batches, TrainingRunner>(keyOf, (batches) => trainingRunner(this, batches));
  readonly evaluation = new Runners<Batches, EvaluationRunner>(keyOf, (batches) => evaluationRunner(this, batches));
  readonly prediction = new Runners<Batches, PredictionRunner>(keyOf, (batches) => predictionRunner(this, batches));
  /** Epochs done, also before the model was saved. */
  epoch: number;
  /** Of the last fit that ended, however it did. */
  history: History | undefined;
  /** Where the last fit was cut short, also before the model was saved; taken up by the next. */
  kept: SavedProgress | undefined;
  /** Where the fit under way stands, as of the call. */
  live: (() => Promise<Standing>) | undefined;
  readonly #loss: Loss | undefined;
  readonly #optimizer: Optimizer | undefined;
  readonly #groups: readonly WeightGroup[];
  #variables: Variables | undefined;
  /** What they were made for. */
  #sample: Spec | undefined;
  /** Under way. */
  #making: Promise<void> | undefined;
  #disposed = false;

  constructor(model: Model, { backend, optimizer, loss, metrics = [], groups = [], seed = 0, dtype = savedType(model) }: CompileOptions) {
    checkSupport("model.compile", backend, dtype);
    checkState(model.saved?.training, optimizer);
    this.model = model;
    this.backend = backend;
    this.dtype = dtype;
    this.seed = seed;
    this.#optimizer = optimizer;
    this.#groups = checkedGroups("model.compile", groups);
    this.#loss = loss === undefined ? undefined : resolveLoss(loss);
    checkEnding(model, this.#loss);
    this.epoch = model.saved?.training?.epoch ?? 0;
    this.kept = model.saved?.training?.progress;
    this.metrics = metrics.map((metric) => resolveMetric(metric, this.loss("model.compile")));
  }

  /** Makes the variables where the model says for what samples. */
  async begin(): Promise<void> {
    const sample = this.model.saved?.sample ?? this.model.layers[0]?.layer.input;
    if (sample !== undefined) await this.#prepare(sample);
  }

  loss(who: string): Loss {
    return this.#loss ?? missing(who, "loss");
  }

  optimizer(who: string): Optimizer {
    return this.#optimizer ?? missing(who, "optimizer");
  }

  variables(who: string): Variables {
    if (this.#variables !== undefined) return this.#variables;
    const fix = "Begin the model with input({ shape }), or fit or predict first";
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `the model "${this.model.name}" has no weights yet: no sample's shape is known`,
      fix,
    });
  }

  build(sample: Spec): BuiltModel {
    const built = this.model.build(sample);
    if (this.#variables !== undefined) checkLayout(this.#variables.layout, layoutOf(built.weights), sample);
    else if (this.#loss !== undefined) checkMetrics(this.#loss, this.metrics, built.output);
    return built;
  }

  /** Data to train or evaluate on, taken as it is now; for `read`. */
  dataset(data: Data, who: string): Pieces<Dataset> {
    const loss = this.loss(who);
    return dataset(data, { ...this.#reading(), targetOf: (sample) => loss.target(this.build(sample).output.shape) }, who);
  }

  /** Inputs to predict from, likewise. */
  samples(x: Numbers, who: string): Pieces<Samples> {
    return samplesOf(x, this.#reading(), who);
  }

  /** Checks the numbers in turns; the variables for such samples are there then. */
  async read<S extends Samples>(taken: Pieces<S>): Promise<S> {
    const samples = await inTurns(taken);
    await this.#prepare(samples.sample);
    return samples;
  }

  /** The first call makes the variables; throws as `build`, and DISPOSED where that came first. */
  async #prepare(sample: Spec): Promise<void> {
    if (this.#variables === undefined) await (this.#making ??= this.#make(sample).finally(() => (this.#making = undefined)));
    this.build(sample);
  }

  async #make(given: Spec): Promise<void> {
    const { sample, weights } = this.build(given);
    const { backend, dtype, seed, model } = this;
    const layout = layoutWithRoles("model.compile", weights, this.#groups);
    if (this.#optimizer !== undefined && model.saved?.training !== undefined) checkTrained(layout, model.saved.training);
    const options = {
      who: "model.compile",
      backend,
      layout,
      dtype,
      seed,
      slots: this.#optimizer?.slots ?? [],
      saved: model.saved && startFrom(model.saved),
    };
    const start = await inTurns(startOf(options));
    if (this.#disposed) throw disposed(model);
    this.#variables = new Variables(options, start);
    this.#sample = sample;
  }

  /** Every read is enqueued before this returns: one moment of training. */
  async checkpoint(withState: boolean): Promise<Saved> {
    const variables = this.variables("trainer.checkpoint");
    const { epoch } = this,
      step = variables.batches,
      sample = this.#sample!; // it came with the variables
    if (!withState) return { sample, weights: await variables.snapshot() };
    const optimizer = this.optimizer("trainer.checkpoint").name;
    const standing = this.live?.() ?? { skipped: 0, progress: this.kept };
    const [weights, slots, { skipped, progress }] = await Promise.all([variables.snapshot(), variables.state(), standing]);
    return {
      sample,
      weights,
      training: { optimizer, step: step - skipped, epoch, slots, ...frozenIn(variables.layout), ...(progress && { progress }) },
    };
  }

  /** As it is saved: `finished` epochs before the next fit's first, which has number 1. */
  packed({ weights, log, ...rest }: BestSoFar, finished: number): SavedBest {
    const { layout } = this.variables("trainer.checkpoint");
    return {
      ...rest,
      ...(log && { log: { ...log, epoch: log.epoch - finished } }),
      ...(weights && { weights: viewHost(trainedPart(layout), weights.slice(), this.dtype) }),
    };
  }

  /** The way back. */
  *unpacked({ weights, log, ...rest }: SavedBest): Pieces<BestSoFar> {
    const { layout } = this.variables("trainer.fit");
    return {
      ...rest,
      ...(log && { log: log as EpochLog }), // `packed` made it of one
      ...(weights && { weights: yield* packing(trainedPart(layout), weights, this.dtype, "trainer.fit") }),
    };
  }

  #reading(): Reading {
    const sampleOf = (shape: readonly number[]): Spec => this.build(this.model.sample(shape)).sample;
    return { dtype: this.dtype, indices: this.model.indices, sampleOf };
  }

  dispose(): void {
    this.#disposed = true;
    for (const held of [this.training, this.evaluation, this.prediction, this.#variables]) held?.dispose();
  }
}

/** Names of weights that do not train. */
function frozenIn(layout: Layout): { readonly frozen?: readonly string[] } {
  const trained = trainedPart(layout).entries;
  const frozen = Object.keys(layout.entries).filter((name) => !Object.hasOwn(trained, name));
  return frozen.length === 0 ? {} : { frozen };
}

function startFrom({ weights, training }: Saved): SavedVariables {
  return { weights, ...(training !== undefined && { training: { slots: training.slots, batches: training.step } }) };
}

function keyOf({ sample, batch }: Batches): string {
  return `${sample.dtype} ${sample.shape.join()} x ${batch}`;
}

/** That of the weights it comes with. */
function savedType({ saved }: Model): "f32" | "f64" {
  return Object.values(saved?.weights ?? {})[0]?.dtype === "f64" ? "f64" : "f32";
}

/** What a verb of a trainer that is gone throws. */
export function disposed({ name }: Model, who = "trainer"): SluiceError {
  return new SluiceError({
    code: "DISPOSED",
    who,
    what: `the trainer of model "${name}" was disposed`,
    fix: "Compile the model again",
  });
}

function missing(who: string, option: "loss" | "optimizer"): never {
  throw new SluiceError({ code: "INVALID_ARGUMENT", who, what: `needs a ${option}`, fix: `Give one to model.compile({ ${option} })` });
}

function checkLayout(own: Layout, other: Layout, sample: Spec): void {
  for (const [name, { shape }] of Object.entries(own.entries)) {
    const wanted = other.entries[name]?.shape ?? [];
    if (wanted.join() === shape.join()) continue;
    const what = `samples x ${describe(sample)} need weight "${name}" [${wanted.join(", ")}], the trainer holds [${shape.join(", ")}]`;
    throw new SluiceError({ code: "SHAPE_MISMATCH", who: "trainer", what, facts: { weight: name, expected: shape, got: wanted } });
  }
}
