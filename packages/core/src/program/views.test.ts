import fc from "fast-check";
import { expect, test } from "vitest";
import type { View } from "../backend.ts";
import { start, walker } from "./running/walk.ts";
import { extentOf, identical, injective, names, overlap } from "./views.ts";
import { denseStrides } from "../shape.ts";

const stride = fc.integer({ min: -7, max: 7 });
const lengths = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 2 });
const viewOf = (depth: number): fc.Arbitrary<View> =>
  fc.array(fc.record({ size: fc.integer({ min: 0, max: 3 }), stride }), { maxLength: 3 }).chain((axes) =>
    fc.record({
      slot: fc.constant(0),
      offset: fc.integer({ min: -9, max: 9 }),
      shape: fc.constant(axes.map(({ size }) => size)),
      strides: fc.constant(axes.map(({ stride }) => stride)),
      advance: fc.array(stride, { minLength: depth, maxLength: depth }),
    }),
  );
const one = lengths.chain((lengths) => fc.record({ lengths: fc.constant(lengths), a: viewOf(lengths.length) }));
const two = lengths.chain((lengths) => fc.record({ lengths: fc.constant(lengths), a: viewOf(lengths.length), b: viewOf(lengths.length) }));

test("the extent is the least and the greatest element of all iterations", () => {
  fc.assert(
    fc.property(one, ({ lengths, a }) => {
      const all = iterations(lengths).flatMap((t) => elements(a, t));
      expect(extentOf(a, lengths)).toEqual(all.length === 0 ? undefined : [Math.min(...all), Math.max(...all)]);
    }),
  );
});

test("a view names exactly the elements that walking it visits", () => {
  fc.assert(
    fc.property(one, fc.integer({ min: -20, max: 20 }), ({ lengths, a }, element) => {
      expect(names(a, lengths, element)).toBe(iterations(lengths).some((t) => elements(a, t).includes(element)));
    }),
  );
});

test("a view is injective exactly when walking it never meets an element twice", () => {
  fc.assert(
    fc.property(viewOf(0), (view) => {
      const all = elements(view, []);
      expect(injective(view)).toBe(new Set(all).size === all.length);
    }),
    { numRuns: 300 },
  );
});

test("views overlap exactly when some iteration lets them name one element", () => {
  fc.assert(
    fc.property(two, ({ lengths, a, b }) => {
      const meet = iterations(lengths).some((t) => elements(a, t).some((element) => elements(b, t).includes(element)));
      expect(overlap(a, b, lengths)).toBe(meet);
    }),
  );
});

test("views of different slots never overlap", () => {
  const view: View = { slot: 0, offset: 0, shape: [2], strides: [1], advance: [] };
  expect(overlap(view, { ...view, slot: 1 }, [])).toBe(false);
});

test("identical views may differ in strides and advances that never count", () => {
  const view: View = { slot: 0, offset: 1, shape: [1, 3], strides: [3, 1], advance: [5] };
  expect(identical(view, { ...view, strides: [9, 1] }, [4])).toBe(true);
  expect(identical(view, { ...view, advance: [0] }, [1])).toBe(true);
  expect(identical(view, { ...view, advance: [0] }, [2])).toBe(false);
  expect(identical(view, { ...view, strides: [3, -1] }, [4])).toBe(false);
});

test("row-major strides count what lies to the right", () => {
  expect(denseStrides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(denseStrides([])).toEqual([]);
});

function elements(view: View, t: readonly number[]): number[] {
  const all: number[] = [];
  walker(view.shape, [view.strides])([start(view, t)], ([at]) => all.push(at!));
  return all;
}

function iterations(lengths: readonly number[]): number[][] {
  return lengths.reduce<number[][]>((ts, length) => ts.flatMap((t) => Array.from({ length }, (_, i) => [...t, i])), [[]]);
}
