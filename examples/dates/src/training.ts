// Training: texts of like length in a batch, a rate that rises and falls, the epoch that is best on validation.
import type { Backend } from "@sluice/core";
import { bucketBoundaries } from "@sluice/data";
import { adam, oneCycle, type EpochLog, type History } from "@sluice/nn";
import { pairsOf, vocabulariesOf, type Vocabularies } from "./pairs.ts";
import type { Samples } from "./samples.ts";
import { translator, type Translator } from "./translator.ts";

export interface TrainingOptions {
  readonly units: number;
  /** Texts that are learnt from. */
  readonly texts: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  onEpoch?(log: EpochLog): void;
}

export interface Trained {
  readonly trainer: Translator;
  readonly vocabularies: Vocabularies;
  readonly history: History;
  readonly parameters: number;
}

/** The caller disposes the trainer, which has the weights of the best epoch; without one, where `signal` came before the first was over. */
export async function train(backend: Backend, samples: Samples, options: TrainingOptions): Promise<Trained> {
  const { units, texts, epochs, batchSize, learningRate, seed, signal, onEpoch } = options;
  const learnt = samples.drawn("train", texts, `training ${seed}`);
  const vocabularies = vocabulariesOf(learnt);
  const data = pairsOf(learnt, vocabularies);
  const updates = epochs * Math.ceil(texts / batchSize);
  const trainer = await translator(vocabularies, units).compile({
    ...{ backend, seed },
    optimizer: adam({ learningRate: oneCycle({ maxLearningRate: learningRate, totalSteps: updates }), globalClipNorm: 1 }),
    loss: { next: "sparseCategoricalCrossentropy" },
    metrics: { next: ["accuracy"] },
  });
  const history = await trainer.fit(data, {
    ...{ epochs, batchSize, signal, restoreBestWeights: true },
    ...bucketsOf(data.lengths.source, batchSize),
    validationData: pairsOf(samples.ofEachForm("validation", watchedOfEach), vocabularies),
    ...(onEpoch === undefined ? { verbose: false } : { onEpochEnd: onEpoch }),
  });
  const { weights } = await trainer.checkpoint();
  return { trainer, vocabularies, history, parameters: Object.values(weights).reduce((sum, { data }) => sum + data.length, 0) };
}

/** Batches of texts of like length, so that little of them is filling. */
function bucketsOf(lengths: Int32Array, batchSize: number) {
  const { bucketBoundaries: boundaries } = bucketBoundaries(lengths, { buckets: 4, batchSize });
  return boundaries.length === 0 ? {} : { bucketBoundaries: boundaries };
}

/** Texts of each form that validation reads. */
const watchedOfEach = 4;
