import type { Instruction, ReduceStep } from "@sluice/core";
import { dense, denseStrides } from "@sluice/core/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { harness } from "../testing/harness.ts";

const load: readonly Instruction[] = [{ op: "load", input: 0 }];

test("the error of a sum does not grow with its length, whichever axis is folded", () => {
  for (const rows of [10, 1000, 100_000])
    for (const [shape, strides] of [
      [
        [2, rows],
        [rows, 1],
      ],
      [
        [2, rows],
        [1, 2],
      ],
      [
        [24, rows],
        [1, 24],
      ],
    ] as const) {
      const length = shape[0] * rows;
      const data = Float32Array.from({ length }, (_, i) => 1 + ((i * 7919) % 1009) / 1009);
      const sums = reduced("sum", shape, strides, data);
      for (let kept = 0; kept < shape[0]; kept++) {
        let exact = 0;
        for (let r = 0; r < rows; r++) exact += data[kept * strides[0] + r * strides[1]]!;
        expect(Math.abs(sums[kept]! - exact)).toBeLessThanOrEqual(36 * 2 ** -24 * exact);
        if (rows === 100_000) expect(Math.abs(sums[kept]! - exact)).toBeLessThanOrEqual(8 * 2 ** -24 * exact);
      }
    }
});

test("NaN and infinities come through a reduction of any length from any place", () => {
  const special = fc.constantFrom(NaN, Infinity, -Infinity);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 700 }),
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(), special), { maxLength: 3 }),
      (rows, inner, specials) => {
        const columns = 5;
        const strides = inner ? [rows, 1] : [1, columns];
        const data = Float32Array.from({ length: columns * rows }, (_, i) => (i % 9) - 4);
        for (const [at, value] of specials) data[at % data.length] = value;
        const column = (kept: number): number[] => Array.from({ length: rows }, (_, r) => data[kept * strides[0]! + r * strides[1]!]!);
        const all = Array.from({ length: columns }, (_, kept) => column(kept));
        expect([...reduced("max", [columns, rows], strides, data)]).toEqual(all.map((values) => Math.max(...values) + 0));
        expect([...reduced("sum", [columns, rows], strides, data)]).toEqual(all.map((values) => values.reduce((sum, x) => sum + x, 0)));
      },
    ),
    { numRuns: 60 },
  );
});

test("a reduction of nothing is the identity, or what was there", () => {
  const step = (combine: ReduceStep["combine"], accumulate: boolean): ReduceStep => ({
    ...{ kind: "reduce", shape: [3, 0], folded: 1, combine, body: load, inputs: [dense(0, [3, 0])], output: dense(1, [3]), accumulate },
  });
  const slots = [0, 3].map((length, binding) => ({ dtype: "f32", length, binding }) as const);
  const result = (combine: ReduceStep["combine"], accumulate: boolean): number[] => {
    const { slots: memory, run } = harness(slots, step(combine, accumulate));
    memory[1]!.fill(5);
    run();
    return [...memory[1]!];
  };
  expect(result("sum", false)).toEqual([0, 0, 0]);
  expect(result("max", false)).toEqual([-Infinity, -Infinity, -Infinity]);
  expect(result("sum", true)).toEqual([5, 5, 5]);
});

function reduced(combine: ReduceStep["combine"], shape: readonly number[], strides: readonly number[], data: Float32Array): Float32Array {
  const view = { ...dense(0, shape), strides };
  const output = { ...dense(1, [shape[0]!]), strides: denseStrides([shape[0]!]) };
  const slots = [data.length, shape[0]!].map((length, binding) => ({ dtype: "f32", length, binding }) as const);
  const step: ReduceStep = { kind: "reduce", shape, folded: 1, combine, body: load, inputs: [view], output, accumulate: false };
  const { slots: memory, run } = harness(slots, step);
  memory[0]!.set(data);
  run();
  return Float32Array.from(memory[1]!, (x) => x + 0);
}
