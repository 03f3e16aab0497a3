// Gradients against finite differences; Adam against what it promises.
import { random } from "@sluice/core";
import { expect, test } from "vitest";
import { apart, slopes } from "../../testing/near.ts";
import { adamLosses, crossEntropy, dense, meanSquaredError } from "./losses.ts";

test("gradients of a dense layer and of both losses are slopes", () => {
  const given = { x: random("x").normal(6), w: random("w").normal(12), b: random("b").normal(4) }; // [2, 3] · [3, 4] + [4]
  const target = random("target").normal(8);
  for (const lossOf of [(y: Float64Array) => meanSquaredError(y, target), (y: Float64Array) => crossEntropy(y, [3, 1])]) {
    const { y, backward } = dense(given.x, given);
    const wanted = slopes(given, () => lossOf(dense(given.x, given).y).loss);
    expect(apart(backward(lossOf(y).d), wanted)).toBeLessThanOrEqual(1e-8);
  }
});

test("the cross-entropy of equal logits is the logarithm of how many there are", () => {
  expect(crossEntropy(new Float64Array(8).fill(1000), [2, 0]).loss).toBeCloseTo(Math.log(4), 12);
});

test("Adam goes one learning rate against the sign of a steady gradient, whatever its size", () => {
  const weights = { w: Float64Array.of(1, 1, 1) };
  const gradients = { w: Float64Array.of(1e-3, -5, 1e4) };
  const losses = adamLosses(3, weights, { learningRate: 0.1, epsilon: 0 }, () => ({ loss: weights.w[0]!, gradients }));
  expect(apart(weights, { w: Float64Array.of(0.7, 1.3, 0.7) })).toBeLessThanOrEqual(1e-12);
  expect(apart({ losses }, { losses: Float64Array.of(1, 0.9, 0.8) })).toBeLessThanOrEqual(1e-12);
});
