// The network: one recurrent layer over letters, trained by truncated back-propagation, in pieces if that is asked for.
import { access } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError, type Backend } from "@sluice/core";
import {
  adam,
  dense,
  embedding,
  gru,
  input,
  inverseTimeDecay,
  lstm,
  reduceLROnPlateau,
  sequential,
  type Callback,
  type Trainer,
} from "@sluice/nn";
import { checkpoints, loadModel, saveModel } from "@sluice/nn/node";
import type { Book } from "../book/mobyDick.ts";
import { stretches } from "../book/stretches.ts";

export const networkNames = ["gru", "lstm"] as const;

export interface NetworkOptions {
  readonly network: (typeof networkNames)[number];
  readonly units: number;
  readonly seed: number;
  /** So many of the first are read. */
  readonly chapters: number;
  /** Default what was chosen on the validation part (README). */
  readonly learningRate?: number;
}

/** Rows of a batch, each a stretch of the text of its own, and how far gradients go back. */
export const batch = { rows: 32, steps: 64 } as const;
/** Fewer rows to measure by: each begins without a memory. */
const measured = { rows: 8, steps: 64 } as const;
const embedded = 32;
/** At first; after t updates it is this / (1 + t / 300), so that training may go on for as long as it likes. */
const learningRate = 0.012;
const decay = { decaySteps: 300, decayRate: 1 };
/** Averages over some 200 updates: what is validated and kept (Polyak & Juditsky 1992). */
const emaMomentum = 0.995;

/** Of one setting: its checkpoints, and the best model by the validation part. */
export function folderOf(out: string, { network, units, seed, chapters }: NetworkOptions): string {
  return join(out, `${network}-${units}-seed-${seed}-chapters-${chapters}`);
}

export interface TrainOptions extends Omit<NetworkOptions, "chapters"> {
  readonly folder: string;
  /** In all, those of earlier calls counted. */
  readonly epochs: number;
  /** Of this call, after which it stops, to be gone on with. */
  readonly minutes?: number;
  readonly signal: AbortSignal;
  onEpoch?(look: Look): void;
}

/** After an epoch, in bits per character. */
export interface Look {
  readonly epoch: number;
  readonly updates: number;
  readonly training: number;
  readonly validation: number;
}

/** Every epoch so far, those of earlier calls included. */
export async function train(backend: Backend, { vocabulary, parts }: Book, options: TrainOptions): Promise<readonly Look[]> {
  const { network, units, seed, folder, epochs, signal, onEpoch } = options;
  const model = sequential(
    [
      input({ shape: [batch.steps], dtype: "i32" }),
      embedding({ inputDim: vocabulary.size, outputDim: embedded }),
      { gru, lstm }[network]({ units, returnSequences: true, stateful: true }),
      dense({ units: vocabulary.size, activation: "softmax" }),
    ],
    { name: network },
  );
  const optimizer = adam({
    learningRate: inverseTimeDecay({ initialLearningRate: options.learningRate ?? learningRate, ...decay }),
    globalClipNorm: 1,
    useEma: true,
    emaMomentum,
  });
  const trainer = await model.compile({ backend, optimizer, loss: "sparseCategoricalCrossentropy", seed });
  const data = stretches(parts.train, batch);
  const perEpoch = Math.floor(data.x.data.length / (batch.rows * batch.steps));
  const lookOf = ({
    epoch,
    loss,
    valLoss = Number.NaN,
  }: {
    readonly epoch: number;
    readonly loss: number;
    readonly valLoss?: number;
  }): Look => ({
    ...{ epoch, updates: epoch * perEpoch, training: bits(loss), validation: bits(valLoss) },
  });
  try {
    const { epochs: logs } = await trainer.fit(data, {
      ...{
        epochs,
        batchSize: batch.rows,
        shuffle: false,
        averaged: true,
        validationData: stretches(parts.validation, batch),
        verbose: false,
        signal,
      },
      ...{ monitor: "valLoss", patience: 8 },
      callbacks: [
        { name: "looks", onEpochEnd: (log) => onEpoch?.(lookOf(log)) },
        keepBest(async () => saveModel(modelIn(folder), model.withWeights(await trainer.weights({ averaged: true })))),
        reduceLROnPlateau({ factor: 0.5, patience: 2 }),
        ...(options.minutes === undefined ? [] : [stopAfter(options.minutes)]),
        checkpoints({ folder, everySeconds: 30 }),
      ],
    });
    return logs.map(lookOf);
  } finally {
    trainer.dispose();
  }
}

/** Calls `save` after each epoch that is the best so far by the validation part; what is best is saved and resumed with the rest. */
function keepBest(save: () => Promise<void>): Callback {
  let least: number | undefined;
  return {
    name: "keepBest",
    async onEpochEnd({ valLoss = Number.NaN }) {
      if (!(valLoss < (least ?? Infinity))) return;
      await save();
      least = valLoss;
    },
    state: () => ({ least }),
    resume: (state) => void (least = (state as { readonly least?: number }).least), // what `state` gave
  };
}

/** The clock says only when training pauses, never what it comes to. */
function stopAfter(minutes: number): Callback {
  const end = performance.now() + minutes * 60_000;
  return { name: "stopAfter", onTrainBatchEnd: (_, training) => void (performance.now() >= end && training.stop()) };
}

/** The best model of a setting, ready to be measured and to write. The caller disposes of it. Throws FILE_NOT_FOUND where no epoch has come to its end. */
export async function trained(backend: Backend, folder: string): Promise<Trainer> {
  await access(modelIn(folder)).catch((cause: unknown) => {
    const [what, fix] = [`there is no model in ${folder}: no epoch has come to its end yet`, "Train first: npm run example text"];
    throw new SluiceError({ code: "FILE_NOT_FOUND", who: "text", what, fix, facts: { folder }, cause });
  });
  return (await loadModel(modelIn(folder))).compile({ backend, loss: "sparseCategoricalCrossentropy" });
}

/** Bits per character of a text that is read in eight stretches. */
export async function networkBits(trainer: Trainer, codes: Int32Array): Promise<number> {
  const { loss } = await trainer.evaluate(stretches(codes, measured), { batchSize: measured.rows });
  return bits(loss);
}

function modelIn(folder: string): string {
  return join(folder, "model.safetensors");
}

function bits(nats: number): number {
  return nats / Math.LN2;
}
