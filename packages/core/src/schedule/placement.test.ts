import fc from "fast-check";
import { expect, test } from "vitest";
import type { Loop } from "../graph/node.ts";
import { allRows, atDepth, type Placement, rowAt, throughWindow, wholeSlot } from "./placement.ts";

const loop = (steps: number, reverse: boolean): Loop => ({ name: "loop", steps, reverse, states: [], slices: [] });
const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });

/** The element that an index names, at these iterations of the loops around. */
function elementAt({ offset, strides, advance }: Placement, index: readonly number[], iterations: readonly number[]): number {
  const along = (by: readonly number[], steps: readonly number[]): number => by.reduce((sum, step, axis) => sum + step * steps[axis]!, 0);
  return offset + along(strides, index) + along(advance, iterations);
}

function indicesOf(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>((all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])), [[]]);
}

test("a row at an iteration is that row of the whole, forwards and in reverse, and all rows are the whole again", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.boolean(), shapes, (steps, reverse, shape) => {
      const whole = wholeSlot(3, [steps, ...shape]),
        row = rowAt(whole, loop(steps, reverse), 0, 0);
      for (let t = 0; t < steps; t++)
        for (const index of indicesOf(shape))
          expect(elementAt(row, index, [t])).toBe(elementAt(whole, [reverse ? steps - 1 - t : t, ...index], []));
      expect(allRows(row, loop(steps, reverse))).toEqual(whole);
    }),
  );
});

test("what lies around a loop does not move with it, and a row inside moves with both", () => {
  const outer = rowAt(wholeSlot(0, [2, 3, 4]), loop(2, false), 0, 0),
    inner = rowAt(outer, loop(3, true), 0, 1);
  expect(inner).toEqual({ slot: 0, offset: 8, strides: [1], advance: [12, -4] });
  expect(atDepth(outer.advance, 3)).toEqual([12, 0, 0]);
});

test("a row shifted by one is the next one in the direction of running", () => {
  const states = wholeSlot(0, [4, 2]); // of 3 steps
  expect(rowAt(states, loop(3, false), 1, 0).offset).toBe(2);
  expect(rowAt(states, loop(3, true), 1, 0).offset).toBe(6);
});

test("a window composes with where the value lies, or is an internal error", () => {
  const placement = { slot: 1, offset: 5, strides: [8, 1], advance: [100] };
  expect(throughWindow(placement, [3, 4], { offset: 1, shape: [3, 2], strides: [4, 2] })).toEqual({
    ...placement,
    ...{ offset: 6, strides: [8, 2] },
  });
  expect(() => throughWindow(placement, [3, 4], { offset: 0, shape: [3, 2, 2], strides: [4, 2, 1] })).not.toThrow();
  expect(() => throughWindow(placement, [3, 4], { offset: 0, shape: [4, 3], strides: [3, 1] })).toThrow(
    expect.objectContaining({ code: "INTERNAL" }),
  );
});
