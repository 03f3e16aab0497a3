import fc from "fast-check";
import { expect, test } from "vitest";
import { compact, countOf, listed, percent, signed } from "./format.ts";
import { extent, leftOut, readMatrix } from "./read.ts";
import { binWidth, histogramOf, roundWidth, wilson } from "./statistics.ts";

test.each([
  [0, "0"],
  [0.01234, "0.0123"],
  [-1.5, "−1.5"],
  [1234.4, "1234"],
  [12345, "12,345"],
  [1e6, "1e6"],
  [2.5e-5, "2.5e−5"],
  [-1e-9, "−1e−9"],
  [Number.NaN, "NaN"],
  [-Infinity, "−∞"],
])("%d is written %s", (value, text) => {
  expect(compact(value)).toBe(text);
});

test("a written number says the number, to three figures", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
      const read = Number(compact(value).replaceAll("−", "-").replaceAll(",", ""));
      expect(Math.abs(read - value)).toBeLessThanOrEqual(0.00501 * Math.abs(value));
    }),
  );
});

test("signs, shares, counts and lists are written as one reads them", () => {
  expect([signed(1.5, 1), signed(-1.5, 1), signed(-0.01, 1)]).toEqual(["+1.5", "−1.5", "0.0"]);
  expect(percent(0.1234)).toBe("12.3\u00A0%");
  expect([countOf(1, "epoch"), countOf(2000, "epoch")]).toEqual(["1 epoch", "2,000 epochs"]);
  expect(["a", "a b", "a b c d", "a b c d e"].map((text) => listed(text.split(" ")))).toEqual([
    "a",
    "a and b",
    "a, b, c and d",
    "a, b, c and 2 more",
  ]);
});

// Newcombe 1998, table I: 81 of 263, and 0 of 20; Wilson's method without continuity correction.
test.each([
  [81, 263, 0.2553, 0.3662],
  [0, 20, 0, 0.1611],
  [15, 148, 0.0624, 0.1605],
])("the interval of Wilson for %i of %i is the published one", (hits, count, low, high) => {
  const [least, most] = wilson(hits, count);
  expect(least).toBeCloseTo(low, 4);
  expect(most).toBeCloseTo(high, 4);
});

test("bins hold every value once, each between its ends", () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e4, max: 1e4 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 1, 20), (all, width) => {
      const bins = histogramOf(all, width * 100);
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      expect(bins[0]!.count).toBeGreaterThan(0);
      expect(bins.at(-1)!.count).toBeGreaterThan(0);
      expect(bins[0]!.from).toBeLessThanOrEqual(Math.min(...all) + width * 1e-6);
      expect(bins.at(-1)!.to).toBeGreaterThanOrEqual(Math.max(...all) - width * 1e-6);
    }),
  );
});

test("a round width is 1, 2 or 5 of a power of ten, and gives no more bins than were asked for", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: 1e-6, max: 1e6 }), fc.integer({ min: 2, max: 60 }), (range, bins) => {
      const width = roundWidth(0, range, bins);
      expect(width.toExponential(6)).toMatch(/^[125]\.000000e/);
      expect(range / width).toBeLessThanOrEqual(bins * 1.01);
      expect(range / width).toBeGreaterThan(bins / 2.6);
    }),
  );
});

test("values that are one have bins, too", () => {
  expect(histogramOf([3, 3, 3], binWidth([3, 3, 3]))).toEqual([expect.objectContaining({ count: 3 })]);
  expect(histogramOf([0, 5e-324], binWidth([0, 5e-324]))).toEqual([expect.objectContaining({ count: 2 })]); // a width of 0 had no bins
});

test("what is left out is told by its number", () => {
  expect(leftOut("loss", [1, 2])).toBeUndefined();
  expect(leftOut("loss", [1, Number.NaN, Infinity])).toBe("2 of 3 values of loss are not finite: they are not drawn.");
  expect(leftOut("loss", [Number.NaN])).toBe("No value of loss is finite: it is not drawn.");
  expect(extent([Number.NaN, 3, -1, Infinity])).toEqual([-1, 3]);
});

test("a matrix is read from lists, typed rows and { data, shape }, and nothing else", () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  expect(readMatrix("f", "x", rows)).toEqual(rows);
  expect(
    readMatrix(
      "f",
      "x",
      rows.map((row) => Float32Array.from(row)),
    ),
  ).toEqual(rows);
  expect(readMatrix("f", "x", { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], dtype: "f32" })).toEqual(rows);
  expect(readMatrix("f", "x", [])).toEqual([]);
  expect(
    readMatrix("f", "x", [
      [1, null],
      [3, 4],
    ]),
  ).toEqual([
    [1, Number.NaN],
    [3, 4],
  ]);
  expect(() => readMatrix("f", "x", [1, 2])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH", who: "f" }));
  expect(() => readMatrix("f", "x", [[1, 2], [3]])).toThrow(expect.objectContaining({ code: "SHAPE_MISMATCH" }));
});
