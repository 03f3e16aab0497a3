import { expect, test } from "vitest";
import * as make from "../graph/make.ts";
import type { Loop, Node } from "../graph/node.ts";
import { consumers, postorder } from "../graph/order.ts";
import { readsOf } from "./inPlaceTargets.ts";

const input = (...shape: number[]): Node => make.input(shape, "f32");
const windows = (x: Node, ...roots: Node[]) =>
  readsOf(x, consumers(postorder(roots)), new Set(roots)).map(({ window }) => window && [window.offset, window.shape, window.strides]);

test("reads are windows on the value, through any views; of a root anything may be read", () => {
  const x = input(4, 6),
    part = make.slice(make.slice(x, 0, 1, 3), 1, 2, 4);
  expect(windows(x, make.pointwise("neg", [part]))).toEqual([[8, [2, 2], [6, 1]]]);
  expect(windows(x, make.pointwise("neg", [x]))).toEqual([[0, [4, 6], [6, 1]]]);
  expect(windows(x, x)).toEqual([undefined]);
});

test("what a loop sees row by row it reads as rows, all else of it may be anything", () => {
  const x = input(5, 3),
    param = make.param([3], "f32");
  const loop: Loop = { name: "loop", steps: 5, reverse: false, states: [], slices: [{ param, of: x }] };
  const body = make.pointwise("neg", [make.slice(param, 0, 1, 3)]);
  expect(windows(x, make.stack(loop, body))).toEqual([[1, [5, 2], [3, 1]]]);
  const closed = make.pointwise("neg", [make.pointwise("add", [param, make.row(x, 2)])]);
  expect(windows(x, make.stack(loop, closed))).toContainEqual([6, [3], [1]]);
});
