// Masks, several outputs, attention in a recurrence, states and steps of nn, on the GPU as on cpu.
import type { Backend } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { adam, attentionDecoder, dense, embedding, globalMaxPooling1D, gru, input, model, multiHeadAttention } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";

function everything() {
  const [source, target] = [input({ dtype: "i32" }), input({ dtype: "i32" })];
  const memory = gru({ units: 4, returnSequences: true })(embedding({ inputDim: 6, outputDim: 3, maskIndex: 0 })(source));
  const decoded = attentionDecoder(gru({ units: 4, returnSequences: true }))(embedding({ inputDim: 6, outputDim: 3 })(target), { memory });
  const attended = multiHeadAttention({ numHeads: 2, causal: true, residual: true })(decoded);
  const kind = dense({ units: 1, activation: "sigmoid" })(globalMaxPooling1D()(memory));
  return model({ inputs: { source, target }, outputs: { next: dense({ units: 6, activation: "softmax", name: "next" })(attended), kind } });
}
const x = { source: [[1, 2, 3], [4, 5, 0], [3, 0, 0], [2, 2, 0]], target: [[1, 3], [5, 4], [2, 1], [3, 3]] }; // prettier-ignore
const y = { next: x.target.map((row) => row.map((token) => (token * 2) % 6)), kind: [[1], [0], [1], [0]] }; // prettier-ignore

async function numbers(backend: Backend): Promise<readonly number[]> {
  using trainer = await everything().compile({
    ...{ backend, seed: 4, optimizer: adam({ learningRate: 0.01 }) },
    loss: { next: "sparseCategoricalCrossentropy", kind: "binaryCrossentropy" },
  });
  const { epochs } = await trainer.fit({ x, y, lengths: { target: [2, 1, 2, 2] } }, { epochs: 2, batchSize: 4 });
  const { kind, next } = await trainer.predict(x);
  using stream = await trainer.stream({ over: "target", inputs: { source: x.source }, maxSteps: 2 });
  const steps = [await stream.step([1, 5, 2, 3]), await stream.step([3, 4, 1, 3])];
  return [
    ...epochs.flatMap(({ loss, kindLoss }) => [loss, kindLoss]),
    ...kind.data,
    ...next.data,
    ...steps.flatMap((step) => [...step.next.data]),
  ];
}

test.each(["webgl2", "webgl"] as const)(
  "on %s a model of everything comes to what it does on cpu, as far as rounding lets it",
  async (mode) => {
    const [gpu, cpu] = [await open({ modes: [mode] }), await openCpu()];
    const [got, want] = [await numbers(gpu), await numbers(cpu)];
    expect(got).toHaveLength(want.length);
    got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(2e-3));
    await gpu.close();
    await cpu.close();
  },
);
