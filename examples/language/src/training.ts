// One network learns the languages, from pieces drawn anew for each epoch.
import { random, type Backend } from "@sluice/core";
import { adamW, oneCycle, sparseCategoricalCrossentropy, type Callback, type History, type Model } from "@sluice/nn";
import type { Alphabet } from "./data/alphabet.ts";
import { batchOf, batchesOf, bucketBoundaries, type Drawing } from "./data/batches.ts";
import type { Declaration } from "./data/declarations.ts";
import { drawn, longest, sourcesOf } from "./data/pieces.ts";
import { network, type NetworkName, type Shape } from "./networks.ts";

/** Chosen on validation (README). */
export interface Recipe extends Shape, Pick<Drawing, "each" | "batchSize" | "characterDropout"> {
  readonly epochs: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly labelSmoothing: number;
}

export interface Learning extends Recipe {
  readonly backend: Backend;
  readonly declarations: readonly Declaration[];
  readonly alphabet: Alphabet;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly callbacks?: readonly Callback[];
}

export interface Learnt {
  /** Reads so many characters at most. */
  model(steps: number): Model;
  readonly history: History;
  readonly parameters: number;
}

/** Pieces of each language that are looked at after an epoch: drawn from the articles of validation, the same each time. */
const validated = 8;

/** With the weights of the best epoch on validation, also where `signal` ended it; undefined where it came before there was one. */
export async function learnt(name: NetworkName, learning: Learning): Promise<Learnt | undefined> {
  const { backend, declarations, alphabet, seed, each, batchSize, epochs, signal } = learning;
  const ends = { tokens: alphabet.size, languages: declarations.length };
  const drawing = { ...learning, sources: sourcesOf(declarations, "train") };
  const held = drawn(sourcesOf(declarations, "validation"), validated, random("language validation"));
  const updates = epochs * Math.max(1, Math.floor((each * declarations.length) / batchSize));
  const trainer = await network(name, learning, { ...ends, steps: longest }).compile({
    backend,
    optimizer: adamW({
      learningRate: oneCycle({ maxLearningRate: learning.learningRate, totalSteps: updates, pctStart: 0.2 }),
      weightDecay: learning.weightDecay,
      globalClipNorm: 1,
    }),
    loss: sparseCategoricalCrossentropy({ fromLogits: true, labelSmoothing: learning.labelSmoothing }),
    metrics: ["accuracy"],
    seed,
  });
  try {
    const history = await trainer.fit((epoch) => batchesOf(drawing, epoch), {
      ...{ epochs, batchSize, bucketBoundaries, validationData: batchOf(held, alphabet), restoreBestWeights: true, signal },
      ...{ verbose: false, callbacks: learning.callbacks ?? [] },
    });
    if (history.epochs.length === 0) return undefined;
    const weights = await trainer.weights();
    const parameters = Object.values((await trainer.checkpoint()).weights).reduce((sum, { data }) => sum + data.length, 0);
    return { model: (steps) => network(name, learning, { ...ends, steps }).withWeights(weights), history, parameters };
  } finally {
    trainer.dispose();
  }
}
