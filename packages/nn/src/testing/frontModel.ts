// For tests: a model of what stands in front of a recurrence, and all numbers that come out of it; the same work on every backend.
import type { Backend } from "@sluice/core";
import {
  activation,
  averagePooling1D,
  batchNormalization,
  cosineDecay,
  conv1D,
  dense,
  depthwiseConv1D,
  gaussianNoise,
  groupNormalization,
  gru,
  input,
  lstm,
  maxPooling1D,
  model,
  sgd,
  spatialDropout1D,
} from "../index.ts";

function front() {
  const signal = input({ shape: [12, 4] });
  const noisy = gaussianNoise({ stddev: 0.05 })(signal);
  const seen = conv1D({ filters: 6, kernelSize: 3, padding: "causal", dilationRate: 2, groups: 2, kernelConstraint: { maxNorm: 1 } })(
    noisy,
  );
  const normal = activation({ activation: "gelu" })(batchNormalization({ momentum: 0.8, name: "batch" })(seen));
  const fewer = spatialDropout1D({ rate: 0.2 })(maxPooling1D({ poolSize: 2 })(normal));
  const deep = groupNormalization({ groups: 3 })(depthwiseConv1D({ kernelSize: 3, padding: "same", activation: "silu" })(fewer));
  const read = lstm({ units: 5, useBias: false, kernelRegularizer: "l2", activation: "hardSilu" })(deep);
  const other = gru({ units: 3, recurrentInitializer: "heNormal" })(averagePooling1D({ poolSize: 3, strides: 2, padding: "same" })(fewer));
  return model({
    inputs: signal,
    outputs: { a: dense({ units: 3, activation: "softmax" })(read), b: dense({ units: 1, name: "b" })(other) },
  });
}

const rows = Array.from({ length: 7 }, (_, i) => i);
const x = rows.map((i) => Array.from({ length: 12 }, (_, t) => [1, 2, 3, 4].map((f) => Math.sin(i + t * f) + 0.1 * f)));
const y = { a: rows.map((i) => i % 3), b: rows.map((i) => [Math.cos(i)]) };

/** Losses, metrics, predictions and moving statistics. */
export async function frontNumbers(backend: Backend, dtype: "f32" | "f64"): Promise<readonly number[]> {
  using trainer = await front().compile({
    ...{ backend, dtype, seed: 4 },
    optimizer: sgd({ learningRate: cosineDecay({ initialLearningRate: 0.05, decaySteps: 20 }), momentum: 0.9, globalClipNorm: 1 }),
    loss: { a: "sparseCategoricalCrossentropy", b: "huber" },
    metrics: { a: ["accuracy"], b: ["rootMeanSquaredError"] },
  });
  const lengths = rows.map((i) => 12 - (i % 4));
  const { epochs } = await trainer.fit({ x, y, lengths }, { epochs: 3, batchSize: 3, classWeight: { a: [1, 2, 1] } });
  const predicted = await trainer.predict(x, { lengths });
  const weights = await trainer.weights();
  return [
    ...epochs.flatMap(({ loss, aLoss, bLoss, bRootMeanSquaredError }) => [loss, aLoss, bLoss, bRootMeanSquaredError]),
    ...predicted.a.data,
    ...predicted.b.data,
    ...(weights["batch"]?.["movingMean"]?.data ?? []),
    ...(weights["batch"]?.["movingVariance"]?.data ?? []),
  ];
}
