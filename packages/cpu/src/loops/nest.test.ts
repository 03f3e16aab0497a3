import { expect, test } from "vitest";
import { collapseAxes, nestOf, padAxes, sortAxes } from "./nest.ts";

test("contiguous axes become one, also where some view repeats along them", () => {
  const rows = { strides: [4, 1] };
  expect(collapseAxes(nestOf([3, 4], [rows, { strides: [0, 0] }]))).toEqual({ sizes: [12], strides: [[1], [0]] });
  expect(collapseAxes(nestOf([3, 4], [rows, { strides: [0, 1] }]))).toEqual({
    sizes: [3, 4],
    strides: [
      [4, 1],
      [0, 1],
    ],
  });
  expect(collapseAxes(nestOf([2, 3, 4], [{ strides: [20, 4, 1] }]))).toEqual({ sizes: [2, 12], strides: [[20, 1]] });
});

test("axes of size 1 are left out, whatever their strides", () => {
  expect(nestOf([1, 4, 1], [{ strides: [99, 1, -7] }])).toEqual({ sizes: [4], strides: [[1]] });
});

test("the axis along which a view moves least comes innermost", () => {
  expect(sortAxes(nestOf([3, 4], [{ strides: [4, 1] }, { strides: [1, 3] }]), 1)).toEqual({
    sizes: [4, 3],
    strides: [
      [1, 4],
      [3, 1],
    ],
  });
});

test("padding adds axes on the outside", () => {
  expect(padAxes(nestOf([], [{ strides: [] }]), 2)).toEqual({ sizes: [1, 1], strides: [[0, 0]] });
});
