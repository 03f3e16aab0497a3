// What a trainer's verbs share: the options, checked; the variables, made as soon as a sample's shape is known; and the
// Programs compiled so far. What trains and measures is imported when it is first asked for: a page that predicts does without.
import type { Names } from "../model/names.ts";
import { SluiceError, type Backend, type Shape } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import { layoutOf } from "../weights/layout.ts";
import { layoutWithRoles } from "../weights/layoutWithRoles.ts";
import { checkedGroups, type WeightGroup } from "../weights/roles.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Named } from "../model/graph.ts";
import { startIn } from "../model/start.ts";
import { knownSamples } from "../model/knownSamples.ts";
import { asGiven, byName, single } from "../model/names.ts";
import type { AnyModel } from "../model/model.ts";
import type { Saved, SavedProgress } from "../model/saved.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { checkLayout, checkState, checkTrained } from "./checks.ts";
import type { Classes } from "./classWeights.ts";
import { dataset, samplesOf, type Dataset, type Inputs, type Reading, type Samples } from "./dataset.ts";
import type { EvaluationRunner } from "./evaluationRunner.ts";
import type { CompileOptions, Data, History } from "../model/options.ts";
import { checkHeads, reportedOf, wantedBy, type Head, type Reported } from "./heads.ts";
import { frozenIn, savedType, startFrom } from "./savedState.ts";
import { predictionRunner, type PredictionRunner } from "./predictionRunner.ts";
import type { Held } from "../learner/bind.ts";
import { Runners } from "../learner/runners.ts";
import { checkSupport } from "../learner/support.ts";
import { keyOf, measuredKeyOf, trainingKeyOf, type Batches, type MeasuredBatches, type Setting, type TrainingBatches } from "./setting.ts";
import type { TrainingRunner } from "./trainingRunner.ts";
import { inTurns, type Pieces } from "../host/turns.ts";
import { startOf, Variables } from "../learner/variables.ts";

/** A moment of a fit under way. */
export interface Standing {
  /** Updates that were enqueued and left out. */
  readonly skipped: number;
  readonly progress: SavedProgress;
}

export class Session implements Setting {
  readonly model: AnyModel;
  readonly backend: Backend;
  readonly dtype: "f32" | "f64";
  readonly seed: number;
  /** What epochs are told by: the loss and every metric. */
  readonly reported: readonly Reported[];
  readonly training = new Runners<TrainingBatches, TrainingRunner>(trainingKeyOf, async (batches) => {
    const { trainingRunner } = await import("./trainingRunner.ts");
    return trainingRunner(this, batches);
  });
  readonly evaluation = new Runners<MeasuredBatches, EvaluationRunner>(measuredKeyOf, async (batches) => {
    const { evaluationRunner } = await import("./evaluationRunner.ts");
    return evaluationRunner(this, batches);
  });
  readonly prediction = new Runners<Batches, PredictionRunner>(keyOf, (batches) => predictionRunner(this, batches));
  /** Epochs done, also before the model was saved. */
  epoch: number;
  /** Of the last fit that ended, however it did. */
  history: History | undefined;
  /** Where the last fit was cut short, also before the model was saved; taken up by the next. */
  kept: SavedProgress | undefined;
  /** Where the fit under way stands, as of the call. */
  live: (() => Promise<Standing>) | undefined;
  readonly #heads: readonly Head[];
  readonly #optimizer: Optimizer | undefined;
  readonly #groups: readonly WeightGroup[];
  /** Of `gradientAccumulationSteps`. */
  readonly batchesPerUpdate: number;
  #variables: Variables | undefined;
  /** What they were made for. */
  #sample: Named<Spec> | undefined;
  /** Under way. */
  #making: Promise<void> | undefined;
  /** Streams and decoders. */
  readonly #owned = new Set<Held>();
  #disposed = false;

  constructor(
    model: AnyModel,
    heads: readonly Head[],
    { backend, optimizer, groups = [], gradientAccumulationSteps = 1, seed = 0, dtype = savedType(model), metrics }: CompileOptions<Names>,
  ) {
    checkSupport("model.compile", backend, dtype);
    checkState("model.compile", model.saved?.training, optimizer, gradientAccumulationSteps);
    this.model = model;
    this.backend = backend;
    this.dtype = dtype;
    this.seed = seed;
    this.#optimizer = optimizer;
    this.batchesPerUpdate = gradientAccumulationSteps;
    this.#groups = checkedGroups("model.compile", groups);
    this.#heads = heads;
    this.reported = reportedOf(heads);
    if (heads.length === 0 && metrics !== undefined && Object.keys(metrics).length > 0) missing("model.compile", "loss");
    this.epoch = model.saved?.training?.epoch ?? 0;
    this.kept = model.saved?.training?.progress;
  }

  /** Makes the variables where the model says for what samples. */
  async begin(): Promise<void> {
    const sample = knownSamples(this.model.graph, this.model.saved);
    if (sample !== undefined) await this.#prepare(sample);
  }

  heads(who: string): readonly Head[] {
    return this.#heads.length === 0 ? missing(who, "loss") : this.#heads;
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

  build(sample: Named<Spec>): BuiltModel {
    const built = this.model.build(asGiven<Spec>(sample, this.model.ends.inputs, single.inputs));
    if (this.#variables !== undefined) checkLayout(this.#variables.layout, layoutOf(built.weights), sample);
    checkHeads(this.#heads, built);
    return built;
  }

  /** Data to train or evaluate on, taken as it is now; for `read`. */
  dataset(data: Data<Names, Names>, who: string): Pieces<Dataset> {
    const heads = this.heads(who);
    return dataset(data, { ...this.#reading(), targetsOf: (sample) => wantedBy(heads, this.build(sample)) }, who);
  }

  /** What labels are of, for samples of this shape. */
  classes(sample: Named<Spec>): Classes {
    return { ends: this.model.ends, dtype: this.dtype, wanted: wantedBy(this.heads("trainer.fit"), this.build(sample)) };
  }

  /** Inputs to predict from, likewise. */
  samples(inputs: Inputs, who: string): Pieces<Samples> {
    return samplesOf(inputs, this.#reading(), who);
  }

  /** Samples of these shapes, by input, as the model reads them. */
  sampleOf(shapes: Named<Shape>): Named<Spec> {
    const { inputs } = this.model.ends;
    return this.build(byName(this.model.sample(asGiven(shapes, inputs, single.inputs)), inputs, single.inputs)).inputs;
  }

  /** Those that the variables were made for. Throws INVALID_ARGUMENT where there are none yet. */
  samplesKnown(who: string): Named<Spec> {
    this.variables(who);
    return this.#sample ?? {};
  }

  /** Disposed of with it, unless it was before. Throws DISPOSED where that came first; then it is gone too. */
  own<H extends Held>(held: H): H {
    this.#owned.add(held);
    if (!this.#disposed) return held;
    held.dispose();
    throw disposed(this.model);
  }

  disown(held: Held): void {
    this.#owned.delete(held);
  }

  /** Checks the numbers in turns; the variables for such samples are there then. */
  async read<S extends Samples>(taken: Pieces<S>): Promise<S> {
    const samples = await inTurns(taken);
    await this.#prepare(samples.sample);
    return samples;
  }

  /** The first call makes the variables; throws as `build`, and DISPOSED where that came first. */
  async #prepare(sample: Named<Spec>): Promise<void> {
    if (this.#variables === undefined) await (this.#making ??= this.#make(sample).finally(() => (this.#making = undefined)));
    this.build(sample);
  }

  async #make(given: Named<Spec>): Promise<void> {
    const { inputs: sample, weights } = this.build(given);
    const { backend, dtype, seed, model } = this;
    const groups = this.#optimizer === undefined ? this.#groups.map((group) => ({ ...group, trainable: true })) : this.#groups; // nothing trains anyway
    const layout = layoutWithRoles("model.compile", weights, groups);
    if (this.#optimizer !== undefined && model.saved?.training !== undefined) checkTrained("model.compile", layout, model.saved.training);
    const options = {
      who: "model.compile",
      backend,
      layout,
      dtype,
      seed,
      optimizer: this.#optimizer,
      batchesPerUpdate: this.#optimizer === undefined ? 1 : this.batchesPerUpdate,
      saved: model.saved && startFrom(model.saved),
      start: startIn(model.graph),
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
      { batches: step, learningRateScale } = variables,
      samples = this.#sample!; // it came with the variables
    if (!withState) return { samples, weights: await variables.snapshot() };
    const optimizer = this.optimizer("trainer.checkpoint").name;
    const standing = this.live?.() ?? { skipped: 0, progress: this.kept };
    const [weights, slots, gathered, { skipped, progress }] = await Promise.all([
      variables.snapshot(),
      variables.state(),
      variables.gathered?.read(),
      standing,
    ]);
    return {
      samples,
      weights,
      training: {
        ...{ optimizer, step: step - skipped, epoch, slots },
        ...frozenIn(variables.layout),
        ...(gathered && { gradientAccumulationSteps: this.batchesPerUpdate, gathered }),
        ...(learningRateScale !== 1 && { learningRateScale }),
        ...(progress && { progress }),
      },
    };
  }

  #reading(): Reading {
    const { ends, indices } = this.model;
    return { dtype: this.dtype, ends, indices, sampleOf: (shapes) => this.sampleOf(shapes) };
  }

  dispose(): void {
    this.#disposed = true;
    for (const held of [...this.#owned, this.training, this.evaluation, this.prediction, this.#variables]) held?.dispose();
  }
}

/** What a verb of a trainer that is gone throws. */
export function disposed({ name }: AnyModel, who = "trainer"): SluiceError {
  return new SluiceError({
    code: "DISPOSED",
    who,
    what: `the trainer of model "${name}" was disposed`,
    fix: "Compile the model again",
  });
}

function missing(who: string, option: "loss" | "optimizer"): never {
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `needs ${option === "loss" ? "a loss" : "an optimizer"}`,
    fix: `Give one to model.compile({ ${option} })`,
  });
}
