// Windows against a plain definition, and what is refused.
import fc from "fast-check";
import { expect, test } from "vitest";
import { matrix, windows, type WindowsOptions } from "../index.ts";

const refused = (code: string, what: RegExp) => expect.objectContaining({ code, who: "windows", message: expect.stringMatching(what) });

/** Row r of series s has 100·s + r, and beside it the same, negative. */
const rowsOf = (s: number, length: number) => Array.from({ length }, (_, r) => [100 * s + r, -100 * s - r]);

test("windows are all those that lie within one series, in order, each with what comes behind its gap", () => {
  const shape = fc.record({
    steps: fc.integer({ min: 1, max: 5 }),
    horizon: fc.integer({ min: 0, max: 4 }),
    stride: fc.integer({ min: 1, max: 4 }),
    gap: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(shape, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }), (options, lengths) => {
      const { steps, horizon, stride, gap } = options;
      const series = Object.fromEntries(lengths.map((length, s) => [`series ${s}`, rowsOf(s, length)]));
      const wanted = lengths.flatMap((length, s) =>
        Array.from({ length }, (_, start) => ({ s, start })).filter(
          ({ start }) => start % stride === 0 && start + steps + gap + horizon <= length,
        ),
      );
      const run = () => windows(series, { ...options, targets: [1, 0], short: "skip", dtype: "f64" });
      if (wanted.length === 0) {
        expect(run).toThrow(refused("EMPTY_DATA", /no window is left/));
        return;
      }
      const { data: { x, y }, index: { start, target, series: names } } = run(); // prettier-ignore
      const rows = (s: number, from: number, count: number) => rowsOf(s, 20).slice(from, from + count);
      expect(x.shape).toEqual([wanted.length, steps, 2]);
      expect(y.shape).toEqual([wanted.length, horizon, 2]);
      expect([...x.data]).toEqual(wanted.flatMap((each) => rows(each.s, each.start, steps).flat()));
      expect([...y.data]).toEqual(
        wanted.flatMap((each) => rows(each.s, each.start + steps + gap, horizon).flatMap((row) => row.toReversed())),
      );
      expect([...start]).toEqual(wanted.map((each) => each.start));
      expect([...target]).toEqual(wanted.map((each) => each.start + steps + gap));
      expect(names).toEqual(wanted.map(({ s }) => `series ${s}`));
    }),
  );
});

test("columns go by name or place, and one target has no axis of its own", () => {
  const series = matrix({ rain: [1, 2, 3, 4], high: [5, 6, 7, 8], low: Float64Array.of(0, 1, 2, 3) });
  const { x, y } = windows(series, { steps: 2, features: ["low", 0], targets: "high" }).data;
  expect(x).toEqual({ dtype: "f32", shape: [2, 2, 2], data: Float32Array.of(0, 1, 1, 2, 1, 2, 2, 3) });
  expect(y).toEqual({ dtype: "f32", shape: [2, 1], data: Float32Array.of(7, 8) });
  expect(windows(series, { steps: 2, targets: ["high"] }).data.y.shape).toEqual([2, 1, 1]);
  expect(windows([1, 2, 3], { steps: 2 }).data.y).toEqual({ dtype: "f32", shape: [1, 1], data: Float32Array.of(3) });
  expect(windows(Float32Array.of(1, 2, 3), { steps: 3, horizon: 0 }).data.x.shape).toEqual([1, 3, 1]);
});

test("what is missing is refused by row and column, left out with its windows, or kept", () => {
  const series = matrix({ a: [1, NaN, 3, 4, 5, 6], b: [1, 2, 3, 4, NaN, 6] });
  expect(() => windows(series, { steps: 2, targets: "b" })).toThrow(refused("NOT_FINITE", /series holds NaN in row 1, column "a"/));
  expect([...windows(series, { steps: 2, features: ["a"], targets: "a", missing: "skip" }).index.start]).toEqual([2, 3]);
  expect(() => windows(series, { steps: 2, features: ["b"], targets: "a", missing: "skip" })).not.toThrow();
  expect(() => windows(series, { steps: 2, targets: "b", missing: "skip" })).toThrow(refused("EMPTY_DATA", /no window/));
  expect(windows(series, { steps: 2, missing: "keep" }).index.start).toHaveLength(4);
  expect(() => windows([1, Infinity, 3], { steps: 1, missing: "keep" })).toThrow(refused("NOT_FINITE", /Infinity in row 1/));
});

test.each<[string, unknown, unknown, string, RegExp]>([
  ["no steps", [1, 2, 3], {}, "INVALID_ARGUMENT", /steps must be/],
  ["0 steps", [1, 2, 3], { steps: 0 }, "INVALID_ARGUMENT", /steps must be/],
  ["a negative stride", [1, 2, 3], { steps: 1, stride: -1 }, "INVALID_ARGUMENT", /stride must be/],
  ["half a gap", [1, 2, 3], { steps: 1, gap: 0.5 }, "INVALID_ARGUMENT", /gap must be/],
  ["a misspelt option", [1, 2, 3], { steps: 1, horizn: 1 }, "INVALID_ARGUMENT", /Did you mean horizon/],
  ["a horizon longer than the series", [1, 2, 3], { steps: 1, horizon: 3 }, "EMPTY_DATA", /3 rows, one window needs 4/],
  ["nothing", [], { steps: 1 }, "EMPTY_DATA", /0 rows/],
  ["no series", {}, { steps: 1 }, "EMPTY_DATA", /no series/],
  ["ragged rows", [[1, 2], [3]], { steps: 1 }, "SHAPE_MISMATCH", /equal lengths/],
  ["texts", ["a", "b"], { steps: 1 }, "INVALID_ARGUMENT", /must be a number/],
  ["null", null, { steps: 1 }, "INVALID_ARGUMENT", /must be/],
  ["series of unlike columns", { a: [[1, 2]], b: [1] }, { steps: 1, horizon: 0 }, "SHAPE_MISMATCH", /the same columns/],
  ["three axes", [[[1]]], { steps: 1 }, "SHAPE_MISMATCH", /\[time, features\]/],
  ["a column that there is not", [[1, 2]], { steps: 1, horizon: 0, features: [2] }, "INVALID_ARGUMENT", /no column 2.*0 … 1/],
  ["no columns", [[1, 2]], { steps: 1, horizon: 0, features: [] }, "INVALID_ARGUMENT", /at least one/],
])("%s: refused", (_, series, options, code, what) => {
  expect(() => windows(series as never, options as WindowsOptions)).toThrow(refused(code, what));
});

test("a name that is near a column's is told", () => {
  expect(() => windows(matrix({ temperature: [1, 2] }), { steps: 1, targets: "temperatur" })).toThrow(/Did you mean temperature/);
});
