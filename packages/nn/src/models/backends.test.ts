// One model of all there is (masks, several inputs and outputs, attention in a recurrence, states, steps, beams) comes to the same on every backend.
import type { Backend } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import { expect, test } from "vitest";
import {
  adam,
  attentionDecoder,
  beamSearch,
  bidirectional,
  dense,
  embedding,
  globalAveragePooling1D,
  gru,
  input,
  layerNormalization,
  lstm,
  model,
  multiHeadAttention,
} from "../index.ts";

function everything() {
  const [source, target] = [input({ dtype: "i32" }), input({ dtype: "i32" })];
  const memory = bidirectional(lstm({ units: 8, returnSequences: true }))(embedding({ inputDim: 9, outputDim: 6, maskIndex: 0 })(source));
  const embedded = embedding({ inputDim: 9, outputDim: 6 })(target);
  const decoded = attentionDecoder(gru({ units: 8, returnSequences: true, dropout: 0.1 }))(embedded, { memory });
  const attended = layerNormalization()(multiHeadAttention({ numHeads: 2, causal: true, rotary: true, residual: true })(decoded));
  const kind = dense({ units: 1, activation: "sigmoid", name: "kind" })(globalAveragePooling1D()(memory));
  const outputs = { next: dense({ units: 9, activation: "softmax" })(attended), alignment: decoded.scores, kind };
  return model({ inputs: { source, target }, outputs });
}
const rows = Array.from({ length: 10 }, (_, i) => i);
const x = {
  source: rows.map((i) => [1, 2, 3, 4].map((t) => (t < 2 + (i % 3) ? 1 + ((i * t) % 8) : 0))),
  target: rows.map((i) => [1, 2, 3, 4, 5].map((t) => 1 + ((i + 3 * t) % 8))),
};
const y = { next: x.target.map((row) => row.map((token) => (token * 5) % 9)), kind: rows.map((i) => [i % 2]) };
const lengths = { target: rows.map((i) => 1 + (i % 5)) };

/** All numbers that come out. */
async function numbers(backend: Backend, dtype: "f32" | "f64"): Promise<readonly number[]> {
  using trainer = await everything().compile({
    ...{ backend, dtype, seed: 4 },
    optimizer: adam({ learningRate: 0.01, globalClipNorm: 1 }),
    loss: { next: "sparseCategoricalCrossentropy", kind: "binaryCrossentropy" },
    metrics: { kind: ["accuracy"] },
    lossWeights: { kind: 0.5 },
  });
  const { epochs } = await trainer.fit({ x, y, lengths }, { epochs: 2, batchSize: 4, bucketBoundaries: [2, 4] });
  const predicted = await trainer.predict(x, { lengths });
  const given = { over: "target", inputs: { source: x.source.slice(0, 2) }, maxSteps: 6 } as const;
  using stream = await trainer.stream(given);
  const steps = [await stream.step([1, 2]), await stream.step([3, 4])];
  using decoder = await trainer.decoder({ ...given, scores: "next" });
  const found = await beamSearch({ step: decoder.step, state: decoder.state, prompt: [[1], [2]], beams: 3, maxSteps: 4, end: 8 });
  return [
    ...epochs.flatMap(({ loss, nextLoss, kindLoss }) => [loss, nextLoss, kindLoss]),
    ...predicted.kind.data,
    ...predicted.alignment.data,
    ...steps.flatMap(({ next, alignment }) => [...next.data, ...alignment.data]),
    ...found.flatMap(([best]) => [best?.score ?? Number.NaN]),
  ];
}

const reference = await openReference();
const wanted = await numbers(reference, "f64");
await reference.close();

test.each([
  ["cpu", openCpu],
  ["workers", openWorkers],
] as const)("on %s a model of everything comes to what the reference does in f64, as far as f32 goes", async (_, open) => {
  const backend = await open();
  const got = await numbers(backend, "f32");
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThan(2e-3));
  await backend.close();
});
