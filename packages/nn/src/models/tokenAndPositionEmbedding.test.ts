// Learnt places, alone and added to what stands there.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { input } from "../layers/input.ts";
import { positionEmbedding } from "../layers/positionEmbedding.ts";
import { specOf } from "../layers/spec.ts";
import { adam } from "../optimizers/adam.ts";
import { deserialize } from "../saving/deserialize.ts";
import { serialize } from "../saving/serialize.ts";
import { f64, figures, ramp } from "../testing/figures.ts";
import { model } from "./model.ts";
import { sequential } from "./sequential.ts";
import { tokenAndPositionEmbedding } from "./tokenAndPositionEmbedding.ts";
import { transformerDecoder } from "./transformerDecoder.ts";

const backend = await open();
afterAll(() => backend.close());

test("a place's vector is its own whatever stands there, and its gradient the sum over the batch", async () => {
  const x = input({ shape: [2, 3] });
  const weights = { "positionEmbedding.embeddings": ramp(4, 3) };
  const given = { x: { x: ramp(2, 2, 3) }, weights };
  const got = await figures(backend, model({ inputs: { x }, outputs: positionEmbedding({ sequenceLength: 4 })(x) }), given);
  expect(got.y).toEqual([...ramp(4, 3).data.slice(0, 6), ...ramp(4, 3).data.slice(0, 6)]);
  expect(got.wrong).toEqual([]);
  const factor = (i: number): number => Math.sin(i + 1);
  const slopes = [...Array.from({ length: 6 }, (_, i) => factor(i) + factor(i + 6)), 0, 0, 0, 0, 0, 0];
  slopes.forEach((slope, i) => expect(got.gradients["params"]?.[i]).toBeCloseTo(slope, 12));
});

test("indices and places add up; those of the mask do not count, and padding changes nothing", async () => {
  const x = input({ shape: [3], dtype: "i32" });
  const layer = tokenAndPositionEmbedding({ vocabularySize: 4, sequenceLength: 5, embeddingDim: 2, maskIndex: 0, name: "words" });
  const [tokens, places] = [ramp(4, 2), f64([5, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])];
  const weights = { "words.tokenEmbedding.embeddings": tokens, "words.positionEmbedding.embeddings": places };
  const indices = { dtype: "i32", shape: [1, 3], data: Int32Array.of(3, 1, 0) } as const;
  const got = await figures(backend, model({ inputs: { x }, outputs: layer(x) }), { x: { x: indices }, weights });
  expect(got.y).toEqual(
    [3, 1, 0].flatMap((index, t) => [0, 1].map((c) => (tokens.data[index * 2 + c] ?? NaN) + (places.data[t * 2 + c] ?? NaN))),
  );
  expect(got.mask).toEqual([1, 1, 0]);
  expect(got.wrong).toEqual([]);
});

test("a language model of blocks learns, writes one step at a time what it gives as a whole, and comes back from a file", async () => {
  const writer = sequential([
    input({ shape: [5], dtype: "i32" }),
    tokenAndPositionEmbedding({ vocabularySize: 4, sequenceLength: 5, embeddingDim: 4, embeddingsInitializer: { uniform: 0.3 } }),
    transformerDecoder({ intermediateDim: 6, numHeads: 2, normalizeFirst: true }),
    dense({ units: 4, activation: "softmax" }),
  ]);
  const options = {
    backend,
    optimizer: adam({ learningRate: 0.02 }),
    loss: "sparseCategoricalCrossentropy",
    seed: 1,
    dtype: "f64",
  } as const;
  const x = [[0, 1, 2, 3, 0], [2, 3, 0, 1, 2]], y = [[1, 2, 3, 0, 1], [3, 0, 1, 2, 3]]; // prettier-ignore
  using trainer = await writer.compile(options);
  const { epochs } = await trainer.fit({ x, y }, { epochs: 30 });
  expect(epochs.at(-1)?.loss).toBeLessThan((epochs[0]?.loss ?? NaN) / 4);
  using again = await deserialize(await serialize(trainer)).compile(options);
  const whole = await again.predict(x);
  expect(whole.data).toEqual((await trainer.predict(x)).data);
  using stream = await again.stream({ batch: 2, maxSteps: 8 });
  for (let t = 0; t < 5; t++) {
    const step = await stream.step(x.map((row) => row[t] ?? 0));
    step.data.forEach((v, i) => expect(v).toBeCloseTo(whole.data[(Math.floor(i / 4) * 5 + t) * 4 + (i % 4)] ?? NaN, 10));
  }
  expect((await stream.step([0, 1])).data.every(Number.isNaN)).toBe(true); // there is no place for it
});

test("more steps than places, and sizes that are none, are refused by name", () => {
  const refuses = (attempt: () => unknown, code: string, message: string) => expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) })); // prettier-ignore
  refuses(
    () => positionEmbedding({ sequenceLength: 2 }).build(specOf([3, 1], "float"), "p"),
    "SHAPE_MISMATCH",
    "p: has places for 2 steps, got 3",
  );
  refuses(() => positionEmbedding({ sequenceLength: 0 }), "INVALID_ARGUMENT", "positionEmbedding: sequenceLength must be");
  refuses(() => positionEmbedding({ sequenceLength: 2 }).build(specOf([3], "i32"), "p"), "DTYPE_MISMATCH", "reads numbers");
  refuses(() => tokenAndPositionEmbedding({ vocabularySize: 2, sequenceLength: 1, embeddingDim: 1, maskIndex: 2 }), "INVALID_ARGUMENT", "maskIndex must be one of the indices 0 … 1"); // prettier-ignore
  refuses(() => tokenAndPositionEmbedding({ vocabularySize: 2, sequenceLength: 1, embeddingDim: 1 }).build(specOf([1], "float"), "t"), "DTYPE_MISMATCH", "reads indices"); // prettier-ignore
});
