import type { Backend } from "@sluice/core";
import { counting } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import {
  adam,
  attentionDecoder,
  beamSearch,
  dense,
  dropout,
  embedding,
  generate,
  gru,
  input,
  lstm,
  model as graph,
  sequential,
} from "../index.ts";
import { leavesNothing } from "../testing/leavesNothing.ts";

const model = sequential([input({ shape: [2, 1] }), lstm({ units: 2 }), dropout({ rate: 0.5 }), dense({ units: 1 })]);
const data = {
  x: [
    [[1], [2]],
    [[3], [4]],
  ],
  y: [[1], [2]],
};

test("a trainer whose backend fails at any step leaves nothing behind, and the next one works", () =>
  leavesNothing(async (backend) => {
    using trainer = await model.compile({ backend, optimizer: adam(), loss: "meanSquaredError" });
    await trainer.fit(data, { epochs: 2, batchSize: 2, validationData: data, restoreBestWeights: true });
    await trainer.evaluate(data);
    await trainer.predict(data.x);
  }));

/** An encoder and a decoder with attention: of two inputs, two outputs, one nested model. */
function translator() {
  const source = input({ shape: [3], dtype: "i32" });
  const target = input({ shape: [3], dtype: "i32" });
  const inner = sequential([input({ shape: [3], dtype: "i32" }), embedding({ inputDim: 4, outputDim: 2 })], { name: "inner" });
  const memory = gru({ units: 2, returnSequences: true, dropout: 0.2 })(inner(source));
  const decoded = attentionDecoder(gru({ units: 2, returnSequences: true }))(inner(target), { memory, initialState: memory.state });
  const next = dense({ units: 4, activation: "softmax" })(decoded);
  return graph({ inputs: { source, target }, outputs: { next, alignment: decoded.scores } });
}
const rows = [
  [1, 2, 3],
  [3, 2, 1],
];
const pairs = { x: { source: rows, target: rows }, y: { next: rows }, lengths: { source: [1, 3], target: [2, 3] } };
const learning = { optimizer: adam(), loss: { next: "sparseCategoricalCrossentropy" } } as const;
const over = { over: "target", inputs: { source: rows }, lengths: { source: [1, 3] } } as const;

test("likewise one of a graph, with lengths", () =>
  leavesNothing(async (backend) => {
    using trainer = await translator().compile({ backend, ...learning });
    await trainer.fit(pairs, { epochs: 1, batchSize: 2, validationData: pairs });
    await trainer.predict(pairs.x, { lengths: pairs.lengths });
  }));

test("likewise its stream", () =>
  leavesNothing(async (backend) => {
    using trainer = await translator().compile({ backend });
    using stream = await trainer.stream(over);
    await stream.step([1, 2]);
    stream.setState(await stream.state());
  }));

test("likewise its decoder", () =>
  leavesNothing(async (backend) => {
    using trainer = await translator().compile({ backend });
    using decoder = await trainer.decoder({ ...over, scores: "next", alignment: "alignment" });
    const { step, state } = decoder;
    for await (const _ of generate({ step, state, prompt: [[1], [2]], maxSteps: 2 }));
    await beamSearch({ step, state, prompt: [[1], [2]], maxSteps: 2, beams: 2 });
  }));

test("likewise one whose batches are of buckets, or go on from the one before", () =>
  leavesNothing(async (backend) => {
    using bucketed = await sequential([lstm({ units: 2 }), dense({ units: 1 })]).compile({ backend, optimizer: adam(), loss: "mse" });
    await bucketed.fit({ ...data, lengths: [1, 2] }, { epochs: 1, batchSize: 1, bucketBoundaries: [1] });
    using stateful = await sequential([lstm({ units: 2, stateful: true, carrySteps: 1 }), dense({ units: 1 })]).compile({
      ...{ backend, optimizer: adam(), loss: "mse" },
    });
    await stateful.fit(data, { epochs: 1, batchSize: 1, shuffle: false });
  }));

const makings = {
  stream: async (trainer: Translating) => void (await trainer.stream(over)),
  decoder: async (trainer: Translating) => void (await trainer.decoder({ ...over, scores: "next" })),
};
type Translating = Awaited<ReturnType<ReturnType<typeof translator>["compile"]>>;

for (const [what, make] of Object.entries(makings)) {
  test(`a ${what} that cannot be made leaves nothing with its trainer`, async () => {
    const { backend, alive, failAt, failed } = counting(await open());
    using trainer = await translator().compile({ backend });
    const before = alive();
    for (let n = 1; ; n++) {
      failAt(n);
      const error: unknown = await make(trainer).catch((thrown: unknown) => thrown);
      if (!failed()) break;
      expect(error).toMatchObject({ code: "OUT_OF_MEMORY" });
      expect(alive()).toBe(before);
    }
  });

  test(`a ${what} whose trainer is disposed while it is made is none, and leaves nothing`, async () => {
    const { backend, alive } = counting(await open());
    let [left, compiled] = [Infinity, 0];
    let dispose = (): void => {};
    const disposing: Backend = {
      ...backend,
      async compile(program) {
        compiled++;
        const made = await backend.compile(program);
        if (--left === 0) dispose();
        return made;
      },
    };
    using whole = await translator().compile({ backend: disposing });
    await make(whole);
    whole.dispose();
    const programs = compiled;
    expect(programs).toBeGreaterThan(0);
    for (let n = 1; n <= programs; n++) {
      using trainer = await translator().compile({ backend: disposing });
      [left, dispose] = [n, () => trainer.dispose()];
      await expect(make(trainer)).rejects.toMatchObject({ code: "DISPOSED" });
      expect(alive()).toBe(0);
    }
  });
}
