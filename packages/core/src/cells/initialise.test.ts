import fc from "fast-check";
import { expect, test } from "vitest";
import { initialise, lstm, random, type TypedArray } from "../index.ts";
import { orthonormalise } from "./orthogonal.ts";

test("the same seed gives the same weights, named and shaped as declared", () => {
  const weights = lstm().weights({ input: 3, units: 4 }),
    a = initialise(weights, { seed: 1 }),
    b = initialise(weights, { seed: 1 });
  expect(a).toEqual(b);
  expect(initialise(weights, { seed: 2 }).wx.data).not.toEqual(a.wx.data);
  expect([a.wx.shape, a.wh.shape, a.b.shape, a.wx.axes]).toEqual([[3, 16], [4, 16], [16], ["input", "gates"]]);
});

test("the forget bias of an LSTM starts at 1, the others at 0", () => {
  expect([...initialise(lstm().weights({ input: 1, units: 2 }), { seed: 0 }).b.data]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});

test("orthogonal rows are orthonormal, also where there are fewer columns", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), fc.integer(), (rows, columns, seed) => {
      const { data } = initialise({ axes: { rows, columns }, init: "orthogonal" } as const, { seed, dtype: "f64" });
      expect(defect(data, rows, columns)).toBeLessThan(1e-12);
    }),
  );
});

test("the recurrent kernel of many units is orthonormal to 1e-6 in f32, and squares of 1,024 are in f64", () => {
  const units = process.env["SLUICE_THOROUGH"] === "1" ? 1024 : 300; // 1,024 take some 4 s
  const { data } = initialise(lstm().weights({ input: 1, units }).wh, { seed: 3 });
  expect(defect(data, units, 4 * units, units - 1)).toBeLessThan(1e-6);
  const square = initialise({ axes: { rows: 1024, columns: 1024 }, init: "orthogonal" } as const, { seed: 4, dtype: "f64" });
  expect(defect(square.data, 1024, 1024, 1023)).toBeLessThan(1e-11);
});

test("orthonormal rows are what Gram & Schmidt give, row by row", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 0, max: 24 }), fc.integer(), (count, more, seed) => {
      const length = count + more,
        rows = random(seed).normal(count * length),
        own: Float64Array[] = [];
      for (let i = 0; i < count; i++) {
        let row = rows.slice(i * length, (i + 1) * length);
        for (let pass = 0; pass < 2; pass++) for (const q of own) row = row.map((x, k) => x - dot(q, row) * q[k]!);
        own.push(row.map((x) => x / Math.sqrt(dot(row, row))));
      }
      orthonormalise(rows, count, length);
      const off = Math.max(...own.flatMap((row, i) => [...row].map((x, k) => Math.abs(x - rows[i * length + k]!))));
      expect(off).toBeLessThan(1e-8);
    }),
  );
});

test("rows that are nearly dependent come out orthonormal too", () => {
  const [count, length] = [48, 64],
    rows = random(5).normal(count * length);
  for (let i = 1; i < count; i++) for (let k = 0; k < length; k++) rows[i * length + k] = rows[k]! + 1e-7 * rows[i * length + k]!;
  orthonormalise(rows, count, length);
  expect(defect(rows, count, length)).toBeLessThan(1e-12);
});

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, i) => sum + value * y[i]!, 0);
}

/** The largest element of QQᵀ − I of the shorter side's vectors Q, of each `every`th with all before it. */
function defect(data: TypedArray, rows: number, columns: number, every = 1): number {
  const [count, length, step, stride] = rows <= columns ? [rows, columns, columns, 1] : [columns, rows, 1, columns];
  let worst = 0;
  for (let i = count - 1; i >= 0; i -= every)
    for (let j = 0; j <= i; j++) {
      let product = i === j ? -1 : 0;
      for (let k = 0; k < length; k++) product += data[i * step + k * stride]! * data[j * step + k * stride]!;
      worst = Math.max(worst, Math.abs(product));
    }
  return worst;
}

test("glorotUniform stays within ±√(6 / (rows + columns)) and fills it", () => {
  const { data } = initialise({ axes: { rows: 40, columns: 60 }, init: "glorotUniform" } as const, { seed: 5 }),
    bound = Math.sqrt(6 / 100);
  const largest = Math.max(...data.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(bound);
  expect(largest).toBeGreaterThan(0.99 * bound);
});
