import { expect, test } from "vitest";
import { initialise, lstm } from "../index.ts";

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
  for (const [rows, columns] of [
    [4, 12],
    [12, 4],
    [5, 5],
  ] as const) {
    const { data } = initialise({ axes: { rows, columns }, init: "orthogonal" } as const, { seed: 5, dtype: "f64" });
    const along = (i: number, k: number): number => (rows <= columns ? data[i * columns + k]! : data[k * columns + i]!);
    for (let i = 0; i < Math.min(rows, columns); i++)
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let k = 0; k < Math.max(rows, columns); k++) product += along(i, k) * along(j, k);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
      }
  }
});

test("glorotUniform stays within ±√(6 / (rows + columns)) and fills it", () => {
  const { data } = initialise({ axes: { rows: 40, columns: 60 }, init: "glorotUniform" } as const, { seed: 5 }),
    bound = Math.sqrt(6 / 100);
  const largest = Math.max(...data.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(bound);
  expect(largest).toBeGreaterThan(0.99 * bound);
});
