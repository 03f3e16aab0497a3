import { expect, test } from "vitest";
import * as make from "../graph/make.ts";
import type { Loop, Node, State } from "../graph/node.ts";
import { assignDestinations } from "./assignDestinations.ts";
import type { Assignment } from "./destination.ts";

const input = (...shape: number[]): Node => make.input(shape, "f32");
const twice = (x: Node): Node => make.pointwise("add", [x, x]);
const product = (a: Node, b: Node, plus?: Node): Node => make.matmul(a, b, plus);

/** Results in order, none of them an update. */
const assigned = (...nodes: readonly Node[]): Assignment =>
  assignDestinations(nodes.map((node, binding) => ({ node, binding, update: false })));
const isCopy = (node: Node): boolean => node.kind === "pointwise" && node.op === "copy";
const kindOf = ({ destinations }: Assignment, node: Node): string | undefined => destinations.get(node)?.kind;

test("a result is written where it goes; one that is an input, or wanted twice, is copied there", () => {
  const x = input(4),
    y = twice(x);
  const { writers, destinations } = assigned(y, y, x);
  expect(writers.map(isCopy)).toEqual([false, true, true]);
  expect(writers.map((writer) => destinations.get(writer))).toEqual([0, 1, 2].map((binding) => ({ kind: "result", binding })));
});

test("an update is copied, so that whoever still reads the argument can", () => {
  const x = input(4),
    { writers } = assignDestinations([{ node: twice(x), binding: 0, update: true }]);
  expect(writers.map(isCopy)).toEqual([true]);
});

test("what is shown under another shape is written as what it is, under another order it is copied", () => {
  const y = twice(input(2, 3));
  expect(assigned(make.reshape(y, [6])).writers[0]).toBe(y);
  expect(assigned(make.transpose(y, [1, 0])).writers.map(isCopy)).toEqual([true]);
});

test("pieces are written into their place; a piece that is an input, or has a place already, is copied", () => {
  const x = input(3),
    y = twice(x);
  const window = (offset: number) => ({ offset, shape: [3], strides: [1] });
  const pieces = [y, x, y].map((piece, i) => ({ x: piece, window: window(3 * i) }));
  const assignment = assigned(make.place(pieces, [9], "f32")),
    [place] = assignment.writers;
  expect(place?.kind === "place" && place.pieces.map((piece) => isCopy(piece.x))).toEqual([false, true, true]);
  expect(kindOf(assignment, y)).toBe("piece");
});

test("a product accumulates onto its addend where nobody else wants it, otherwise onto a copy", () => {
  const [a, b, x] = [input(2, 3), input(3, 4), input(2, 4)],
    addend = twice(x);
  const own = assigned(product(a, b, addend));
  expect([kindOf(own, addend), own.forcedRegion.size]).toEqual(["sum", 0]);
  const shared = assigned(product(a, b, addend), addend);
  expect([kindOf(shared, addend), shared.forcedRegion.size]).toEqual(["result", 1]);
  expect(assigned(product(a, b, x)).forcedRegion.size).toBe(1);
});

test("a product accumulates onto its part of a larger value that nobody else reads there", () => {
  const [a, b] = [input(2, 3), input(3, 4)],
    large = twice(input(4, 4));
  const half = (start: number): Node => make.slice(large, 0, start, start + 2);
  const disjoint = assigned(make.pointwise("add", [product(a, b, half(0)), half(2)]));
  expect(disjoint.accumulatesInPlace.size).toBe(1);
  const overlapping = assigned(make.pointwise("add", [product(a, b, half(0)), half(1)]));
  expect(overlapping.accumulatesInPlace.size).toBe(0);
});

test("states start and go on where they lie, and a state that is its own start is copied", () => {
  const x = input(3),
    param = make.param([3], "f32");
  const state: State = { param, init: x, next: twice(param) };
  const loop: Loop = { name: "loop", steps: 4, reverse: false, states: [state], slices: [] };
  const { writers, destinations } = assigned(make.row(make.states(loop, 0), 4));
  const kinds = [...destinations].map(([node, { kind }]) => [kind, isCopy(node)]);
  expect(kinds).toEqual([
    ["start", true],
    ["next", false],
    ["result", true],
  ]);
  expect(writers.map(isCopy)).toEqual([true]);
});
