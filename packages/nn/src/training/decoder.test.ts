// Models as steps of generate and beamSearch: what they write is what whole predictions say.
import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import {
  adam,
  attention,
  beamSearch,
  dense,
  embedding,
  generate,
  gru,
  input,
  lstm,
  model,
  multiHeadAttention,
  positionalEncoding,
  sequential,
} from "../index.ts";

const backend = await open();
afterAll(() => backend.close());
const vocabulary = 7;
const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });

const writers = {
  recurrent: () => [embedding({ inputDim: vocabulary, outputDim: 4 }), lstm({ units: 6, returnSequences: true })],
  attention: () => [
    embedding({ inputDim: vocabulary, outputDim: 4 }),
    positionalEncoding(),
    multiHeadAttention({ numHeads: 2, causal: true, rotary: true, residual: true }),
  ],
};

for (const [kind, layers] of Object.entries(writers)) {
  test(`${kind}: a greedy sequence is the one that predict would have continued, row by row`, async () => {
    const writer = sequential([...layers(), dense({ units: vocabulary, activation: "softmax" })]);
    using trainer = await writer.compile({
      backend,
      optimizer: adam({ learningRate: 0.05 }),
      loss: "sparseCategoricalCrossentropy",
      seed: 1,
    });
    const x = Array.from({ length: 8 }, (_, i) => Int32Array.from({ length: 5 }, (_, t) => (i + 2 * t) % vocabulary));
    await trainer.fit({ x, y: x.map((row) => row.map((token) => (token + 2) % vocabulary)) }, { epochs: 3 });
    using decoder = await trainer.decoder({ rows: 2, maxSteps: 8 });
    const { step, state } = decoder;
    const rows = [[1, 3], [0, 2]]; // prettier-ignore
    for await (const [a, b] of generate({ step, state, prompt: rows.map((row) => [...row]), maxSteps: 4, temperature: 0 })) {
      const { data } = await trainer.predict(rows.map((row) => Int32Array.from(row)));
      const steps = rows[0]!.length;
      const best = rows.map((_, row) => {
        const scores = [...data.subarray((row * steps + steps - 1) * vocabulary, (row * steps + steps) * vocabulary)];
        return scores.indexOf(Math.max(...scores));
      });
      expect([a, b]).toEqual(best);
      rows[0]!.push(a!);
      rows[1]!.push(b!);
    }
  });
}

test("an encoder and a decoder with attention: beams keep their own state, memory and alignment", async () => {
  const source = input({ dtype: "i32" }),
    target = input({ dtype: "i32" });
  const embed = embedding({ inputDim: vocabulary, outputDim: 8, maskIndex: 0 });
  const memory = gru({ units: 16, returnSequences: true })(embed(source));
  const decoded = gru({ units: 16, returnSequences: true })(embed(target), { initialState: memory.state });
  const context = attention({ score: "scaledDot", residual: true })(decoded, { value: memory });
  const copier = model({
    inputs: { source, target },
    outputs: { next: dense({ units: vocabulary, activation: "softmax" })(context), alignment: context.scores },
  });
  using trainer = await copier.compile({ backend, optimizer: adam({ learningRate: 0.03 }), loss: { next: "sparseCategoricalCrossentropy" }, metrics: { next: ["accuracy"] }, seed: 2 }); // prettier-ignore
  // Copy two tokens of 2 … 5; 1 begins, 6 ends.
  const sources = [2, 3, 4, 5].flatMap((a) => [2, 3, 4, 5].map((b) => [a, b]));
  const x = { source: sources, target: sources.map((row) => [1, ...row]) };
  const { epochs } = await trainer.fit({ x, y: { next: sources.map((row) => [...row, 6]) } }, { epochs: 60, batchSize: 16 });
  expect(epochs.at(-1)?.["nextAccuracy"]).toBe(1);
  using decoder = await trainer.decoder({ over: "target", inputs: { source: [[2, 5], [4, 3]] }, scores: "next", alignment: "alignment" }); // prettier-ignore
  const { step, state } = decoder;
  const found = await beamSearch({ step, state, prompt: [[1], [1]], beams: 3, maxSteps: 4, end: 6 });
  expect(found.map(([best]) => best?.tokens)).toEqual([[2, 5], [4, 3]]); // prettier-ignore
  expect(found[0]?.[0]?.alignment.map((weights) => weights.length)).toEqual([2, 2, 2]);
  const again = await beamSearch({ step, state, prompt: [[1], [1]], beams: 1, maxSteps: 4, end: 6 });
  expect(again.map(([best]) => best?.tokens)).toEqual([
    [2, 5],
    [4, 3],
  ]); // prettier-ignore -- the first state is as it was
  await expect(trainer.decoder({ over: "target", inputs: { source: [[2, 5]] } })).rejects.toThrow(
    refused("scores must be one of next, alignment"),
  );
  await expect(trainer.decoder({ over: "target", inputs: { source: [[2, 5]] }, scores: "nex" as never })).rejects.toThrow(
    refused("scores must be"),
  );
});

test("a model that reads no tokens is no decoder", async () => {
  using trainer = await sequential([input({ shape: [3, 2] }), gru({ units: 2 })]).compile({ backend });
  await expect(trainer.decoder()).rejects.toThrow(expect.objectContaining({ code: "DTYPE_MISMATCH" }));
  const tanh = sequential([
    input({ shape: [3], dtype: "i32" }),
    embedding({ inputDim: 3, outputDim: 2 }),
    dense({ units: 3, activation: "tanh" }),
  ]);
  await expect((await tanh.compile({ backend })).decoder()).rejects.toThrow(refused("ends with tanh"));
});

test("a decoder writes as many sequences as it was made for", async () => {
  const writer = sequential([
    input({ shape: [3], dtype: "i32" }),
    embedding({ inputDim: 3, outputDim: 2 }),
    gru({ units: 2, returnSequences: true }),
    dense({ units: 3 }),
  ]);
  using trainer = await writer.compile({ backend });
  using decoder = await trainer.decoder();
  const { step, state } = decoder;
  const writing = generate({ step, state, prompt: [[1], [2]], maxSteps: 2 });
  await expect(writing.next()).rejects.toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", facts: { rows: 2, state: 1 } }));
});

test("a step without a state of the decoder is refused", async () => {
  const tokens = sequential([
    input({ shape: [3], dtype: "i32" }),
    embedding({ inputDim: 3, outputDim: 2 }),
    gru({ units: 3, returnSequences: true }),
  ]);
  using trainer = await tokens.compile({ backend });
  using decoder = await trainer.decoder();
  const token = { dtype: "i32", shape: [1, 1], data: Int32Array.of(1) } as const;
  for (const state of [undefined, {}, { layers: {} }])
    await expect(decoder.step(token, state as never)).rejects.toThrow(refused("state must be"));
});

test("beyond maxSteps a decoder scores nothing, and whoever writes with it hears of it", async () => {
  const writer = sequential([input({ shape: [8], dtype: "i32" }), embedding({ inputDim: 5, outputDim: 4 }), multiHeadAttention({ numHeads: 2, causal: true, residual: true })]); // prettier-ignore
  using trainer = await writer.compile({ backend });
  using decoder = await trainer.decoder({ maxSteps: 3 });
  const { step, state } = decoder;
  const written = async (maxSteps: number) => {
    const tokens: number[] = [];
    for await (const [token] of generate({ step, state, prompt: [[1, 2]], maxSteps, temperature: 0 })) tokens.push(token!);
    return tokens;
  };
  expect(await written(2)).toHaveLength(2);
  await expect(written(3)).rejects.toThrow(expect.objectContaining({ code: "NOT_FINITE" }));
  const search = (maxSteps: number) => beamSearch({ step, state, prompt: [[1, 2]], maxSteps, beams: 2 });
  expect((await search(2))[0]).toHaveLength(2);
  await expect(search(3)).rejects.toThrow(expect.objectContaining({ code: "NOT_FINITE" }));
});
