import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { model } from "../models/model.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { f64, figures } from "../testing/figures.ts";
import { input } from "./input.ts";
import { lstm } from "./lstm.ts";
import { reversibleEmbedding, type ReversibleEmbeddingConfig } from "./reversibleEmbedding.ts";
import { specOf } from "./spec.ts";

const backend = await open();
const text = { dtype: "i32", shape: [2, 2], data: Int32Array.of(0, 2, 1, 2) } as const;

function tied(config: Partial<ReversibleEmbeddingConfig> = {}) {
  const words = reversibleEmbedding({ inputDim: 3, outputDim: 2, name: "words", ...config });
  const a = input({ name: "a", dtype: "i32" });
  return model({ inputs: { a }, outputs: words(words(a)) });
}

test("scores are products with the rows of its own table, and its gradient comes from both uses", async () => {
  const table = [1, 2, -1, 0.5, 3, -2],
    row = (i: number): number[] => table.slice(2 * i, 2 * i + 2);
  const weights = { "words.embeddings": f64([3, 2], table), "words.bias": f64([3], [0.5, 0, -1]) };
  const got = await figures(backend, tied({ useBias: true, logitSoftCap: 4 }), { x: { a: text }, weights });
  const scores = [...text.data].flatMap((i) =>
    [0, 1, 2].map((k) => 4 * Math.tanh((row(i).reduce((sum, v, d) => sum + v * (row(k)[d] ?? NaN), 0) + ([0.5, 0, -1][k] ?? NaN)) / 4)),
  );
  got.y.forEach((value, i) => expect(value).toBeCloseTo(scores[i] ?? NaN, 12));
  expect(got.shape).toEqual([2, 2, 3]);
  expect(got.wrong).toEqual([]);
});

test("a model has one table for both, which both uses train", async () => {
  const words = reversibleEmbedding({ inputDim: 3, outputDim: 4, activation: "softmax", name: "words" });
  const net = sequential([input({ shape: [2], dtype: "i32" }), words, lstm({ units: 4, returnSequences: true }), words]);
  const trainer = await net.compile({
    backend,
    loss: "sparseCategoricalCrossentropy",
    optimizer: sgd({ learningRate: 2 }),
    dtype: "f64",
  });
  const before = await trainer.weights();
  const data = { x: text, y: { dtype: "i32", shape: [2, 2], data: Int32Array.of(2, 1, 2, 0) } } as const;
  const { epochs } = await trainer.fit(data, { epochs: 60 });
  expect(Object.keys(before)).toEqual(["words", "lstm"]);
  expect(epochs.at(-1)?.loss).toBeLessThan((epochs[0]?.loss ?? 0) / 2);
  const probabilities = await trainer.predict(text);
  expect(probabilities.shape).toEqual([2, 2, 3]);
  expect([...probabilities.data].slice(0, 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  trainer.dispose();
});

test("vectors of another size than its own are refused by their axes", () => {
  const words = reversibleEmbedding({ inputDim: 3, outputDim: 2 });
  expect(() => words.build(specOf([4, 5], "float"), "words")).toThrow(
    /needs x \[batch, …, units 2\], or indices, got x \[batch, .* 4, .* 5\]/,
  );
});
