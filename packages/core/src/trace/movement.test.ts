import { expect, test } from "vitest";
import { constant, split } from "../index.ts";

const shapes = (shape: readonly number[], parts: number, axis: number) => split(constant(0, shape), parts, axis).map((part) => part.shape);

test("equal parts of an empty axis are as many as one asks for, each empty, as in numpy", () => {
  expect(shapes([0, 2], 3, 0)).toEqual([
    [0, 2],
    [0, 2],
    [0, 2],
  ]);
  expect(shapes([0, 2], 1, 0)).toEqual([[0, 2]]);
  expect(shapes([0, 2], 2, 1)).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

test("no axis has no parts, less than one, or more than can be made", () => {
  for (const parts of [0, -1, 0.5, NaN, Infinity, 2 ** 31])
    for (const n of [0, 4])
      expect(() => shapes([n], parts, 0), `${parts} of ${n}`).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
  expect(() => shapes([4], 5, 0)).toThrow("split needs sizes that add up to axis 0 of tensor [4]: got 5 equal parts");
});
