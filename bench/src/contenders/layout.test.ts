import { expect, test } from "vitest";
import { blocks, f32, stacked, stepsFirst, stepsOf, turned } from "./layout.ts";

const x = f32(
  [2, 3, 2],
  Float32Array.from({ length: 12 }, (_, at) => at),
); // [batch, steps, input]

test("steps come first, and go back", () => {
  expect(stepsFirst(x)).toEqual(f32([3, 2, 2], Float32Array.of(0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11)));
  expect(stepsFirst(stepsFirst(x))).toEqual(x);
  expect(stepsOf(x)[1]).toEqual(f32([2, 2], Float32Array.of(2, 3, 8, 9)));
});

test("blocks are columns, and stacks are rows", () => {
  const matrix = f32([2, 4], Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
  const [left, right] = blocks(matrix, 2);
  expect(left).toEqual(f32([2, 2], Float32Array.of(0, 1, 4, 5)));
  expect(stacked([left!, right!])).toEqual(f32([4, 2], Float32Array.of(0, 1, 4, 5, 2, 3, 6, 7)));
  expect(turned(matrix)).toEqual(f32([4, 2], Float32Array.of(0, 4, 1, 5, 2, 6, 3, 7)));
  expect(turned(turned(matrix))).toEqual(matrix);
});
