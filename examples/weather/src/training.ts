// Trains the forecaster: Adam on the squared error, gradients clipped, the epoch chosen by its mean absolute error on validation.
import type { Backend } from "@sluice/core";
import { adam, type History, type Trainer } from "@sluice/nn";
import { forecaster } from "./model.ts";
import type { Options } from "./options.ts";
import type { Prepared } from "./prepare.ts";
import type { Reporter } from "./progress.ts";

/** The caller disposes it. */
export function compileForecaster(options: Options, backend: Backend): Promise<Trainer> {
  return forecaster(options).compile({
    backend,
    optimizer: adam({ learningRate: options.learningRate, globalClipNorm: 1 }),
    loss: "meanSquaredError",
    metrics: ["mae"],
    seed: options.seed,
  });
}

export interface Watch {
  readonly reporter: Reporter;
  /** Ends the training in good order. */
  readonly signal: AbortSignal;
}

/** Leaves the trainer with the weights of the best epoch; without one, where `signal` came before the first was over. */
export async function train(
  trainer: Trainer,
  data: Prepared,
  { epochs, batchSize }: Options,
  { reporter, signal }: Watch,
): Promise<History> {
  try {
    return await trainer.fit(data.train, {
      epochs,
      batchSize,
      validationData: data.validation,
      monitor: "valMae",
      restoreBestWeights: true,
      onProgress: reporter.onProgress,
      onEpochEnd: reporter.onEpochEnd,
      signal,
    });
  } finally {
    reporter.end();
  }
}

export async function parameterCount(trainer: Trainer): Promise<number> {
  const { weights } = await trainer.checkpoint();
  return Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
}

/** Maximum temperatures of the test days in °C: that of the day before plus the change forecast. */
export async function forecastTest(trainer: Trainer, { days, parts, test }: Prepared): Promise<number[]> {
  const changes = await trainer.predict(test.x);
  return Array.from(changes.data, (change, i) => days[parts.test.from + i - 1]!.tempMax + change);
}
