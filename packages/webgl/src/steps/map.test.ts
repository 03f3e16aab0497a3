import type { Instruction, MapStep } from "@sluice/core";
import { dense } from "@sluice/core/kit";
import { expect, test } from "vitest";
import { map } from "./map.ts";

const limits = { textures: 15, slots: 14, outputs: 4, length: 2 ** 24 };
const double: Instruction[] = [
  { op: "load", input: 0 },
  { op: "add", x: 0, y: 0 },
];

/** Doubles slot 0 to slots 1, 2, …, as many as it is told. */
function doubling(outputs: number): MapStep {
  return {
    kind: "map",
    shape: [6],
    body: double,
    inputs: [dense(0, [6])],
    outputs: Array.from({ length: outputs }, (_, i) => ({ view: dense(i + 1, [6]), value: 1 })),
  };
}

test("outputs that lie alike share a kernel, as far as the context has draw buffers", () => {
  const outputsOf = (step: MapStep, outputs: number): number[] =>
    map(step, { ...limits, outputs }).map((pass) => ("shader" in pass ? pass.shader.outputs : 0));
  expect(outputsOf(doubling(3), 4)).toEqual([3]);
  expect(outputsOf(doubling(6), 4)).toEqual([4, 2]);
  expect(outputsOf(doubling(3), 1)).toEqual([1, 1, 1]);
});

test("views that tile a region, as gates do, are one kernel", () => {
  const gate = (k: number) => ({ slot: 1, offset: 2 * k, shape: [3, 2], strides: [8, 1], advance: [] });
  const outputs = [2, 0, 3, 1].map((k) => ({ view: gate(k), value: 1 }));
  const passes = map({ kind: "map", shape: [3, 2], body: double, inputs: [dense(0, [3, 2])], outputs }, limits);
  expect(passes).toMatchObject([{ length: 24, outputs: [{ slot: 1, start: 0, length: 24 }] }]);
  expect(passes[0]).not.toHaveProperty("inputs.1"); // it reads nothing of what was there
});

test("a region that is written in part is read and written whole", () => {
  const view = { slot: 1, offset: 1, shape: [3], strides: [2], advance: [] };
  const passes = map({ kind: "map", shape: [3], body: double, inputs: [dense(0, [3])], outputs: [{ view, value: 1 }] }, limits);
  expect(passes).toMatchObject([{ length: 5, inputs: [{ regions: [{ slot: 0 }] }, { latest: { slot: 1, start: 1, length: 5 } }] }]);
});

test("copies and constants take no kernel", () => {
  const step: MapStep = {
    kind: "map",
    shape: [2, 3],
    body: [...double, { op: "const", value: 7 }],
    inputs: [dense(0, [2, 3], { offset: 4 })],
    outputs: [0, 2].map((value, i) => ({ view: dense(i + 1, [2, 3]), value })),
  };
  expect(map(step, limits)).toMatchObject([
    { copy: { slot: 0, start: 4, length: 6 }, to: { slot: 1, start: 0, length: 6 } },
    { constant: { data: new Float32Array(6).fill(7) }, to: { slot: 2 } },
  ]);
});

test("of a step without elements nothing runs", () => {
  expect(map({ ...doubling(2), shape: [0] }, limits)).toEqual([]);
});
