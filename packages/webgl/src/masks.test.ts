// A model over sequences of unequal lengths: what lies past them changes nothing, and the rest is what cpu makes of it.
import type { Backend, HostArray } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { attention, bidirectional, dense, embedding, gru, input, mgu, model, sgd, simpleRNN } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const [rows, steps] = [4, 5];
const lengths = [5, 2, 0, 3];
/** A number for each step that counts, and something else for the others. */
const perStep = (at: (i: number) => number, otherwise: number) =>
  Array.from({ length: rows * steps }, (_, i) => (i % steps < lengths[Math.floor(i / steps)]! ? at(i) : otherwise));
const i32 = (values: readonly number[]): HostArray => ({ dtype: "i32", shape: [rows, steps], data: Int32Array.from(values) });

/** Attention, both ways, from the end and per sequence: every kind of mask that there is. */
async function learnt(backend: Backend, past: number): Promise<readonly number[]> {
  const tokens = input({ dtype: "i32" });
  const read = bidirectional(mgu({ units: 2, returnSequences: true }))(embedding({ inputDim: 6, outputDim: 3, maskIndex: 0 })(tokens));
  const seen = attention({ score: "scaledDot", residual: true })(read);
  const next = dense({ units: 3, activation: "softmax" })(simpleRNN({ units: 3, returnSequences: true, goBackwards: true })(seen));
  const heads = model({ inputs: tokens, outputs: { next, whole: dense({ units: 1 })(gru({ units: 2 })(seen)) } });
  const loss = { next: "sparseCategoricalCrossentropy", whole: "mse" } as const;
  using trainer = await heads.compile({ backend, optimizer: sgd({ learningRate: 0.1 }), loss, metrics: { next: ["accuracy"] }, seed: 2 });
  const x = i32(perStep((i) => (i % 4 === 3 ? 0 : 1 + (i % 5)), past)); // holes too
  const data = { x, y: { next: i32(perStep((i) => i % 3, past)), whole: [[1], [2], [0], [-1]] }, lengths };
  const { epochs } = await trainer.fit(data, { epochs: 1, batchSize: 3 });
  const { next: given, whole } = await trainer.predict(x, { lengths });
  const weights = (await trainer.checkpoint()).weights;
  return [
    ...epochs.flatMap(({ loss: sum, nextAccuracy }) => [sum, nextAccuracy!]),
    ...Object.values(weights).flatMap(({ data: numbers }) => [...numbers]),
    ...[...given.data].filter((_, i) => Math.floor(i / 3) % steps < lengths[Math.floor(i / (3 * steps))]!),
    ...whole.data,
  ];
}

test("a model learns from the steps that count what it learns on cpu, whatever the others hold", async () => {
  const [gpu, cpu] = [await open(), await openCpu()];
  const [got, want] = [await learnt(gpu, 99), await learnt(cpu, 1)];
  expect(got).toHaveLength(want.length);
  got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(1e-3)); // two updates of at most 0.1 of a gradient each
  await gpu.close();
  await cpu.close();
});
