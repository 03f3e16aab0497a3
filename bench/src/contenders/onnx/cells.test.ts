import { expect, test } from "vitest";
import { f32 } from "../layout.ts";
import { gru, lstm } from "./cells.ts";

/** A weight for 2 inputs or units and 1 unit, whose columns are ten times the number of the gate plus that of the row. */
const matrix = (gates: number) =>
  f32(
    [2, gates],
    Float32Array.from({ length: 2 * gates }, (_, at) => 10 * (at % gates) + Math.floor(at / gates)),
  );
const bias = (gates: number) =>
  f32(
    [gates],
    Float32Array.from({ length: gates }, (_, at) => 100 + at),
  );

test("an LSTM's gates i f g o become i o f c, as rows, and the biases are those of x", () => {
  const { W, B } = lstm({ wx: matrix(4), wh: f32([1, 4], Float32Array.of(0, 1, 2, 3)), b: bias(4) }).weights;
  expect([...W.data]).toEqual([0, 1, 30, 31, 10, 11, 20, 21]);
  expect(W.shape).toEqual([1, 4, 2]);
  expect([...B.data]).toEqual([100, 103, 101, 102, 0, 0, 0, 0]);
  expect(B.shape).toEqual([1, 8]);
});

test("a GRU's gates stay in their order, and a recurrent bias says that reset is after the product", () => {
  const weights = { wx: matrix(3), wh: f32([1, 3], Float32Array.of(0, 1, 2)), b: bias(3) };
  const [before, after] = [gru(weights), gru({ ...weights, bh: f32([1], Float32Array.of(7)) })];
  expect([...before.weights.W.data]).toEqual([0, 1, 10, 11, 20, 21]);
  expect(before.attributes).toEqual({ linear_before_reset: 0 });
  expect(after.attributes).toEqual({ linear_before_reset: 1 });
  expect([...after.weights.B.data]).toEqual([100, 101, 102, 0, 0, 7]);
});
