// A model that reads its own tokens while it learns: argmax, lots and mixtures of whole numbers in the Program of an update.
import type { Backend } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { dense, embedding, gru, linearDecay, sequential, sgd, type ScheduledSampling } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const x = Array.from({ length: 4 }, (_, i) => Array.from({ length: 5 }, (_, t) => (2 * i + 3 * t) % 5)),
  y = x.map((row) => [...row.slice(1), 0]);

async function losses(backend: Backend, sampling: NonNullable<ScheduledSampling["sampling"]>): Promise<readonly number[]> {
  const layers = [embedding({ inputDim: 5, outputDim: 3 }), gru({ units: 4, returnSequences: true }), dense({ units: 5, activation: "softmax" })] as const; // prettier-ignore
  await using trainer = await sequential(layers).compile({ backend, optimizer: sgd(), loss: "sparseCategoricalCrossentropy", seed: 3 });
  const scheduledSampling = { teacherForcing: linearDecay({ from: 1, to: 0, steps: 4 }), passes: 2, sampling };
  const { epochs } = await trainer.fit({ x, y }, { epochs: 3, batchSize: 2, scheduledSampling });
  return epochs.map(({ loss }) => loss);
}

test.each([
  ["webgl2", "sample"],
  ["webgl", "argmax"],
] as const)("on %s a fit that samples by %s comes to what it does on cpu", async (mode, sampling) => {
  const [gpu, cpu] = [await open({ modes: [mode] }), await openCpu()];
  const [got, want] = [await losses(gpu, sampling), await losses(cpu, sampling)];
  got.forEach((loss, i) => expect(loss).toBeCloseTo(want[i]!, 3));
  await gpu.close();
  await cpu.close();
});
