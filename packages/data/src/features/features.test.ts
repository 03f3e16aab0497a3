// What is missing, categories, and times that come again.
import fc from "fast-check";
import { expect, test } from "vitest";
import { cyclic, dayOfWeek, dayOfYear, forwardFill, hourOfDay, imputerOf, matrix, meanImputer, oneHot } from "../index.ts";

const gappy = fc.array(fc.option(fc.integer({ min: -9, max: 9 }), { nil: NaN }), { minLength: 1, maxLength: 12 });

test("forward fill puts the last number of the column, at most so far away", () => {
  fc.assert(
    fc.property(gappy, fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }), (column, limit) => {
      const filled = forwardFill(column.map((value) => [value, 1]), limit === undefined ? {} : { limit }); // prettier-ignore
      const wanted = column.map((value, i) => {
        if (!Number.isNaN(value)) return value;
        const last = column.slice(0, i).findLastIndex((one) => !Number.isNaN(one));
        return last < 0 || i - last > (limit ?? Infinity) ? NaN : column[last];
      });
      expect([...filled.data]).toEqual(wanted.flatMap((value) => [value, 1]));
      expect(filled.shape).toEqual([column.length, 2]);
    }),
  );
});

test("a mean is of the training data's numbers, and JSON keeps it", () => {
  const train = matrix({ a: [1, NaN, 3], b: [NaN, 4, 4] });
  const imputer = imputerOf(JSON.parse(JSON.stringify(meanImputer().fit(train))) as { readonly values: readonly number[] });
  expect(imputer.values).toEqual([2, 4]);
  expect([...imputer.transform(matrix({ a: [NaN, 9], b: [8, NaN] })).data]).toEqual([2, 8, 9, 4]);
  expect(imputer.transform(train).columns).toEqual(["a", "b"]);
});

test("categories have a column each, in the order of the training data", () => {
  expect(oneHot(["b", "a", "b"])).toEqual({ dtype: "f64", shape: [3, 2], columns: ["b", "a"], data: Float64Array.of(1, 0, 0, 1, 1, 0) });
  const codes = { codes: Int32Array.of(1, -1), categories: ["x", "y"] };
  expect(oneHot({ ...codes, codes: Int32Array.of(1) }).columns).toEqual(["x", "y"]);
  expect(oneHot(codes, { categories: ["y", "z"], others: "zeros" }).data).toEqual(Float64Array.of(1, 0, 0, 0));
  expect(() => oneHot(["sun", "snow"], { categories: ["sun", "rain"] })).toThrow(/values\[1\] must be one of sun, rain, got "snow"/);
});

test("points on a circle have length 1, and come again after the period", () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 1000 }), fc.constantFrom(7, 24, 365.25), (t, period) => {
      const [sin = NaN, cos = NaN, again = NaN] = cyclic([t, t + period], period).data;
      expect(sin ** 2 + cos ** 2).toBeCloseTo(1, 12);
      expect(again).toBeCloseTo(sin, 8);
    }),
  );
  expect(cyclic([0, 6, NaN], 24)).toEqual({ dtype: "f64", shape: [3, 2], columns: ["sin", "cos"], data: Float64Array.of(0, 1, 1, Math.cos(Math.PI / 2), NaN, NaN) }); // prettier-ignore
});

test("days and hours are those of UTC", () => {
  const times = [Date.UTC(2024, 0, 1), Date.UTC(2024, 11, 31, 18, 30), Date.UTC(2023, 11, 31, 23, 59, 59, 999), NaN, -1];
  expect([...dayOfYear(times)]).toEqual([1, 366, 365, NaN, 365]);
  expect([...hourOfDay(times).slice(0, 2)]).toEqual([0, 18.5]);
  expect([...dayOfWeek(times).slice(0, 3)]).toEqual([1, 2, 0]);
});

test.each<[string, () => unknown, string]>([
  ["infinities to fill", () => forwardFill([1, Infinity]), "NOT_FINITE"],
  ["a negative limit", () => forwardFill([1], { limit: -1 }), "INVALID_ARGUMENT"],
  ["a column without a number", () => meanImputer().fit([[1, NaN]]), "EMPTY_DATA"],
  ["no rows", () => meanImputer().fit([]), "EMPTY_DATA"],
  [
    "other features",
    () =>
      meanImputer()
        .fit([[1, 2]])
        .transform([[1]]),
    "SHAPE_MISMATCH",
  ],
  ["values that are none", () => imputerOf({ values: [NaN] }), "INVALID_ARGUMENT"],
  ["no categories", () => oneHot([]), "EMPTY_DATA"],
  ["numbers as categories", () => oneHot([1] as never), "INVALID_ARGUMENT"],
  ["a category twice", () => oneHot(["a"], { categories: ["a", "a"] }), "INVALID_ARGUMENT"],
  ["a period of 0", () => cyclic([1], 0), "INVALID_ARGUMENT"],
  ["texts as times", () => dayOfYear(["2024-01-01"] as never), "INVALID_ARGUMENT"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
