// Scalers against their formulas, the figures that scikit-learn documents, and inside models.
import { open } from "@sluice/cpu";
import { dense, normalization, rescaling, sequential } from "@sluice/nn";
import fc from "fast-check";
import { expect, test } from "vitest";
import { matrix, minMaxScaler, robustScaler, scalerOf, standardScaler, type Scaler } from "../index.ts";
import { quantile } from "./statistics.ts";

const number = fc.integer({ min: -1e9, max: 1e9 }).map((n) => n / 1000);
const table = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 }))
  .chain(([rows, width]) => fc.array(fc.array(number, { minLength: width, maxLength: width }), { minLength: rows, maxLength: rows }));
const makers = { standardScaler, minMaxScaler, robustScaler } as const;
const near = (a: number, b: number, scale = 1) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b), scale));

// The examples of scikit-learn's documentation: sklearn.preprocessing.StandardScaler, MinMaxScaler and RobustScaler.
test("scalers give what scikit-learn's documentation prints", () => {
  const standard = standardScaler().fit([[0, 0], [0, 0], [1, 1], [1, 1]]); // prettier-ignore
  expect(standard.center).toEqual([0.5, 0.5]);
  expect([...standard.transform([[2, 2]]).data]).toEqual([3, 3]);
  const data = [[-1, 2], [-0.5, 6], [0, 10], [1, 18]]; // prettier-ignore
  const least = minMaxScaler().fit(data);
  expect([...least.transform(data).data]).toEqual([0, 0, 0.25, 0.25, 0.5, 0.5, 1, 1]);
  expect([...least.transform([[2, 2]]).data]).toEqual([1.5, 0]);
  const robust = robustScaler().fit([[1, -2, 2], [-2, 1, 3], [4, 1, -2]]); // prettier-ignore
  expect([...robust.transform([[1, -2, 2], [-2, 1, 3], [4, 1, -2]]).data]).toEqual([0, -2, 0, -1, 0, 0.4, 1, 0, -1.6]); // prettier-ignore
});

test("quantiles are NumPy's: numpy.percentile's documentation, and R's type 7", () => {
  expect(quantile(Float64Array.of(1, 2, 3, 4, 7, 10), 0.5)).toBe(3.5);
  expect(quantile(Float64Array.of(1, 2, 3, 4), 0.25)).toBe(1.75);
  expect(quantile(Float64Array.of(5), 0.9)).toBe(5);
});

test("each column of the training data has the mean and deviation, range or quartiles that its scaler promises, or never varied", () => {
  fc.assert(
    fc.property(table, (rows) => {
      const width = rows[0]?.length ?? 0;
      for (let c = 0; c < width; c++) {
        const column = rows.map((row) => row[c] ?? NaN),
          isConstant = column.every((value) => value === column[0]);
        const through = (scaler: Scaler) => Array.from(scaler.transform(rows).data).filter((_, i) => i % width === c);
        const z = through(standardScaler().fit(rows)),
          mean = z.reduce((sum, value) => sum + value, 0) / z.length,
          spread = Math.max(...column) - Math.min(...column);
        const digits = (1e-10 * Math.max(1, ...column.map(Math.abs))) / (spread || 1); // what is left of a column that is far from 0
        expect(Math.abs(mean)).toBeLessThanOrEqual(1e-9 + digits);
        if (!isConstant) expect(Math.abs(z.reduce((sum, value) => sum + value ** 2, 0) / z.length - 1)).toBeLessThanOrEqual(1e-9 + digits);
        const inRange = through(minMaxScaler({ range: [-1, 3] }).fit(rows));
        expect(Math.abs(Math.min(...inRange) + 1)).toBeLessThanOrEqual(1e-9 + digits);
        expect(Math.abs(Math.max(...inRange) - (isConstant ? -1 : 3))).toBeLessThanOrEqual(1e-9 + digits);
        const between = through(robustScaler().fit(rows)).toSorted((a, b) => a - b);
        expect(Math.abs(quantile(Float64Array.from(between), 0.5))).toBeLessThanOrEqual(1e-9 + digits * 1e3);
      }
    }),
  );
});

test("the way back undoes the way there, also after JSON", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(makers)), table, table, (maker, train, other) => {
      const scaler = maker().fit(train),
        again = scalerOf(JSON.parse(JSON.stringify(scaler)) as Scaler);
      const x = other.map((row) => train[0]!.map((_, c) => row[c] ?? 0.5)); // of as many columns
      expect(again.transform(x)).toEqual(scaler.transform(x));
      const back = scaler.inverse(again.transform(x)).data;
      x.flat().forEach((value, i) => near(back[i] ?? NaN, value, Math.abs(scaler.center[i % train[0]!.length] ?? 0)));
    }),
  );
});

test("columns keep their names, and a scaler of some of them is a scaler", () => {
  const data = matrix({ low: [0, 2], high: [10, 30], same: [5, 5] });
  const scaler = standardScaler().fit(data);
  expect(scaler).toMatchObject({ center: [1, 20, 5], scale: [1, 10, 1], columns: ["low", "high", "same"], constant: [2] });
  expect(scaler.transform(data).columns).toEqual(["low", "high", "same"]);
  const high = scaler.select("high");
  expect(high.inverse([1, 0, -1])).toMatchObject({ shape: [3], data: Float64Array.of(30, 20, 10) });
  expect(high.inverse({ dtype: "f32", shape: [2, 1], data: Float32Array.of(1, 0) })).toMatchObject({ shape: [2, 1] });
  expect(scaler.select(2, 0)).toMatchObject({ center: [5, 1], constant: [0], columns: ["same", "low"] });
  expect(scaler.transform([[[1, 20, 5]], [[2, 30, 6]]]).shape).toEqual([2, 1, 3]);
});

test("what is missing is refused by its place, or left out of the statistics and kept in the data, as in scikit-learn", () => {
  const data = matrix({ a: [1, NaN, 3], b: [1, 2, 3] });
  for (const maker of Object.values(makers)) {
    expect(() => maker().fit(data)).toThrow(/x holds NaN in row 1, column "a"/);
    const scaler = maker({ missing: "ignore" }).fit(data);
    expect(scaler.center[0]).toBe(maker().fit([1, 3]).center[0]);
    expect(Number.isNaN(scaler.transform(data).data[2])).toBe(true);
    expect(() => maker({ missing: "ignore" }).fit([[NaN], [NaN]])).toThrow(expect.objectContaining({ code: "EMPTY_DATA" }));
    expect(() => maker({ missing: "ignore" }).fit([1, Infinity])).toThrow(expect.objectContaining({ code: "NOT_FINITE" }));
    expect(() => maker({ constant: "refuse" }).fit([[1, 2], [2, 2]])).toThrow(/column 1 does not vary/); // prettier-ignore
    expect(maker().fit([0.1, 0.1, 0.1]).constant).toEqual([0]);
  }
});

test("inside a model the layers do what the scaler does, there and back", async () => {
  await using backend = await open();
  const train = [[0, 100], [4, 140], [1, 90], [2, 130]]; // prettier-ignore
  for (const maker of Object.values(makers)) {
    const scaler = maker().fit(train);
    const there = [normalization(scaler.normalization()), rescaling(scaler.rescaling())];
    const back = [normalization(scaler.normalization({ invert: true })), rescaling(scaler.rescaling({ invert: true }))];
    for (const [layers, wanted] of [
      [there, scaler.transform(train)],
      [back, scaler.inverse(train)],
    ] as const)
      // prettier-ignore
      for (const layer of layers) {
        await using trainer = await sequential([layer]).compile({ backend, dtype: "f64" });
        const { data } = await trainer.predict(train);
        wanted.data.forEach((value, i) => near(data[i] ?? NaN, value, 100));
      }
  }
  const constant = standardScaler().fit([[5], [5]]);
  await using trainer = await sequential([normalization(constant.normalization()), dense({ units: 1, kernelInitializer: "ones" })]).compile({ backend }); // prettier-ignore
  expect((await trainer.predict([[6]])).data[0]).toBe(1); // not 10⁷, as by Keras's least
});

test.each<[string, () => unknown, string]>([
  ["no rows", () => standardScaler().fit([]), "EMPTY_DATA"],
  ["ragged rows", () => minMaxScaler().fit([[1, 2], [3]]), "SHAPE_MISMATCH"], // prettier-ignore
  ["texts", () => robustScaler().fit(["a"] as never), "INVALID_ARGUMENT"],
  ["a number", () => robustScaler().fit(3), "SHAPE_MISMATCH"],
  ["another number of features", () => standardScaler().fit([[1, 2], [3, 4]]).transform([[1]]), "SHAPE_MISMATCH"], // prettier-ignore
  ["a range that goes down", () => minMaxScaler({ range: [1, 0] }), "INVALID_ARGUMENT"],
  ["percentiles beyond 100", () => robustScaler({ quantileRange: [25, 101] }), "INVALID_ARGUMENT"],
  ["an option that there is not", () => standardScaler({ withMean: false } as never), "INVALID_ARGUMENT"],
  ["a column that there is not", () => standardScaler().fit([1, 2]).select("a"), "INVALID_ARGUMENT"],
  ["parameters of unlike lengths", () => scalerOf({ center: [1], scale: [1, 2], constant: [] }), "SHAPE_MISMATCH"],
  ["a scale of 0", () => scalerOf({ center: [1], scale: [0], constant: [] }), "INVALID_ARGUMENT"],
  ["no parameters", () => scalerOf(null as never), "INVALID_ARGUMENT"],
  ["a scale that the layer does not divide by", () => standardScaler().fit([0, 1e-9]).normalization(), "INVALID_ARGUMENT"],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
