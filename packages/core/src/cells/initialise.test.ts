import fc from "fast-check";
import { expect, test } from "vitest";
import { initialise, lstm, multiHeadAttention, random, type Init, type TypedArray } from "../index.ts";
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

test.each<[title: string, axes: Readonly<Record<string, number>>, fans: readonly [number, number]]>([
  ["a kernel with a window", { size: 5, rows: 4, columns: 60 }, [20, 150]],
  ["a vector", { columns: 600 }, [300, 300]],
])("of %s, a block of columns counts its fans as a weight of its size does", (_, axes, [fanIn, fanOut]) => {
  const init = { columns: ["glorotUniform", "zeros"] } as const,
    { data } = initialise({ axes, init }, { seed: 1, dtype: "f64" }),
    most = Math.max(...data.map(Math.abs)),
    limit = Math.sqrt(6 / (fanIn + fanOut));
  expect(most).toBeLessThan(limit);
  expect(most).toBeGreaterThan(0.9 * limit);
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

// Keras 3: of a kernel [window 3, rows 40, columns 60] fan-in is 120 and fan-out 180, and a vector of 60 has 60 of both.
const variances: readonly (readonly [init: Init, variance: number, most: number])[] = [
  ["glorotUniform", 2 / 300, Math.sqrt(6 / 300)],
  ["glorotNormal", 2 / 300, (2 / 0.8796256610342398) * Math.sqrt(2 / 300)],
  ["heUniform", 2 / 120, Math.sqrt(6 / 120)],
  ["heNormal", 2 / 120, (2 / 0.8796256610342398) * Math.sqrt(2 / 120)],
  ["lecunUniform", 1 / 120, Math.sqrt(3 / 120)],
  ["lecunNormal", 1 / 120, (2 / 0.8796256610342398) * Math.sqrt(1 / 120)],
  ["randomUniform", 0.05 ** 2 / 3, 0.05],
  ["randomNormal", 0.05 ** 2, Infinity],
  ["truncatedNormal", (0.8796256610342398 * 0.05) ** 2, 0.1],
  [{ uniform: [0, 2] }, 1 / 3, 2],
  [{ normal: 3 }, 9, Infinity],
  [{ varianceScaling: { scale: 5, mode: "fanOut", distribution: "untruncatedNormal" } }, 5 / 180, Infinity],
];

test.each(variances)("%j has its variance, and nothing beyond its bound", (init, variance, most) => {
  const { data } = initialise({ axes: { window: 3, rows: 40, columns: 60 }, init }, { seed: 1, dtype: "f64" });
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length,
    squares = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length;
  expect(squares / variance).toBeGreaterThan(0.94); // of 7,200 numbers, four deviations of what they scatter by
  expect(squares / variance).toBeLessThan(1.06);
  expect(data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0)).toBeLessThanOrEqual(most);
});

test("a vector has its length as both fans, and a fan of nothing counts as one", () => {
  const { data } = initialise({ axes: { units: 600 }, init: "glorotUniform" } as const, { seed: 2 });
  const largest = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  expect(largest / Math.sqrt(6 / 1200)).toBeGreaterThan(0.98);
  expect(largest / Math.sqrt(6 / 1200)).toBeLessThanOrEqual(1.0000001);
  expect(initialise({ axes: { rows: 0, columns: 3 }, init: "heNormal" } as const, { seed: 2 }).data).toHaveLength(0);
});

test("orthogonal and identity take a gain", () => {
  const axes = { rows: 4, columns: 3 };
  const plain = initialise({ axes, init: "orthogonal" } as const, { seed: 3, dtype: "f64" }).data;
  expect(initialise({ axes, init: { orthogonal: 2 } }, { seed: 3, dtype: "f64" }).data).toEqual(plain.map((x) => 2 * x));
  expect([...initialise({ axes, init: { identity: 0.5 } }, { seed: 3 }).data]).toEqual([0.5, 0, 0, 0, 0.5, 0, 0, 0, 0.5, 0, 0, 0]);
});

test.each<[unknown, string]>([
  [{ uniform: [2, 1] }, "one of"],
  [{ normal: -1 }, "one of"],
  [{ constant: 1, normal: 1 }, "one of"],
  [{ varianceScaling: { mode: "fan_in" } }, "one of"],
  [{ varianceScaling: { gain: 1 } }, "one of"],
  [{ identity: 1 }, "another than identity"],
  [{ columns: ["identity"] }, "another than identity"],
  ["identity", "another than identity"],
  ["orthogonal", "another than orthogonal"],
  [{ varianceScaling: [] }, "one of"],
  [{ varianceScaling: new Date(0) }, "one of"],
])("%j is no way for a vector to start", (init, expected) => {
  expect(() => initialise({ axes: { units: 2 }, init: init as Init }, { seed: 1 })).toThrow(expected);
});

test("what is undefined is left out", () => {
  const { data } = initialise({ axes: { units: 2 }, init: { constant: 3, uniform: undefined } as unknown as Init } as const, { seed: 1 });
  expect([...data]).toEqual([3, 3]);
});

test("the score of each of many heads starts as that of one alone", () => {
  const largest = (heads: number): number => {
    const { score } = initialise(multiHeadAttention({ heads, size: 32, score: "additive", units: 32 }).weights({ query: 32 * heads }), {
      seed: 1,
    });
    return Math.max(...score.wq.data.map(Math.abs));
  };
  expect(largest(16) / largest(1)).toBeGreaterThan(0.95);
  expect(largest(16) / Math.sqrt(6 / 64)).toBeLessThanOrEqual(1.000001);
});
