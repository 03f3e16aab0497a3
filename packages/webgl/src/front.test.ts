// Convolution, normalisation by batch, activations and pooling in front of a recurrence, trained on the GPU as on cpu.
import type { Backend } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { activation, averagePooling1D, batchNormalization, conv1D, dense, input, lstm, maxPooling1D, sequential, sgd } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const model = sequential([
  input({ shape: [8, 2] }),
  conv1D({ filters: 4, kernelSize: 3, padding: "causal", dilationRate: 2 }),
  batchNormalization({ momentum: 0.8, name: "batch" }),
  activation({ activation: "gelu" }),
  maxPooling1D({ poolSize: 2 }),
  conv1D({ filters: 4, kernelSize: 2, strides: 1, padding: "same", groups: 2, activation: "hardSilu" }),
  averagePooling1D({ poolSize: 2, strides: 1 }),
  lstm({ units: 3, useBias: false }),
  dense({ units: 3, activation: "softmax", kernelConstraint: { maxNorm: 1 } }),
]);
const x = [0, 1, 2, 3, 4].map((i) => Array.from({ length: 8 }, (_, t) => [Math.sin(i + t), Math.cos(i * t)]));

async function numbers(backend: Backend): Promise<readonly number[]> {
  using trainer = await model.compile({
    ...{ backend, seed: 4, optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) },
    ...{ loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] },
  });
  const lengths = [8, 5, 6, 8, 7];
  const { epochs } = await trainer.fit({ x, y: [0, 1, 2, 1, 0], lengths }, { epochs: 2, batchSize: 3 });
  const { data } = await trainer.predict(x, { lengths });
  const { batch } = await trainer.weights();
  return [...epochs.map(({ loss }) => loss), ...data, ...batch.movingMean.data, ...batch.movingVariance.data];
}

test.each(["webgl2", "webgl"] as const)("on %s it comes to what it does on cpu, as far as rounding lets it", async (mode) => {
  const [gpu, cpu] = [await open({ modes: [mode] }), await openCpu()];
  const [got, want] = [await numbers(gpu), await numbers(cpu)];
  expect(got).toHaveLength(want.length);
  got.forEach((value, i) => expect(Math.abs(value - (want[i] ?? NaN))).toBeLessThan(1e-3));
  await gpu.close();
  await cpu.close();
});
