import fc from "fast-check";
import { expect, test } from "vitest";
import { cut, textWidth } from "../markup/textWidth.ts";
import { axisOf, decades } from "./axis.ts";
import { spread } from "./marks.ts";

const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });

test("the numbers of a scale of decades lie within it, ascend, and are round", () => {
  fc.assert(
    fc.property(positive, fc.double({ min: 10.1, max: 1e12, noNaN: true }), (low, factor) => {
      const ticks = decades([low, low * factor], 9);
      expect(ticks.length).toBeGreaterThan(0);
      for (const tick of ticks) {
        expect(tick).toBeGreaterThanOrEqual(low);
        expect(tick).toBeLessThanOrEqual(low * factor);
        expect(tick.toExponential()).toMatch(/^[1235]e/);
      }
      expect(ticks).toEqual(ticks.toSorted((a, b) => a - b));
    }),
  );
});

test("as many as there is room for", () => {
  expect(decades([1, 100], 9)).toEqual([1, 2, 5, 10, 20, 50, 100]);
  expect(decades([1, 100], 6)).toEqual([1, 3, 10, 30, 100]);
  expect(decades([1, 100], 3)).toEqual([1, 10, 100]);
  expect(decades([1e-12, 1], 5)).toEqual([1e-12, 1e-9, 1e-6, 0.001, 1]);
});

test("every finite number has its place on an axis, also where all are one", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }), { minLength: 1 }), (values) => {
      const { domain, ticks } = axisOf(values, { count: 5 })!;
      expect(domain[0]).toBeLessThan(domain[1]);
      const least = 1e-9 * (domain[1] / 2 - domain[0] / 2); // far below a pixel
      for (const value of values) expect(value >= domain[0] - least && value <= domain[1] + least).toBe(true);
      expect(ticks.length).toBeLessThanOrEqual(12);
    }),
  );
  expect(axisOf([Number.NaN], { count: 5 })).toBeUndefined();
  expect(axisOf([0, -1], { count: 5, type: "log" })).toBeUndefined();
});

test("labels at the ends of lines do not stand on each other, nor leave the plot while they have room", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 10 }), (wanted) => {
      const at = spread(wanted, 15, 200).toSorted((a, b) => a - b);
      expect(at.at(-1)).toBeLessThanOrEqual(200);
      for (const [i, y] of at.slice(1).entries()) expect(y - at[i]!).toBeGreaterThanOrEqual(15 - 1e-9);
    }),
  );
});

test("a text that is cut has room, and says that it was cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 2 }), fc.integer({ min: 30, max: 200 }), (text, room) => {
      const shown = cut(text, room);
      expect(textWidth(shown)).toBeLessThanOrEqual(room);
      if (shown !== text.replaceAll(/\s+/g, " ")) expect(shown.endsWith("…")).toBe(true);
    }),
  );
});
