import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { argmax, argmin, compile, gradient, max, min, type Tensor } from "../index.ts";

const backend = await open();
const rows = fc.array(fc.constantFrom(NaN, -Infinity, -1, -0, 0, 1, 2, Infinity), { minLength: 1, maxLength: 6 });
const index = compile(backend, (x: Tensor) => argmax(x), { cacheSize: 8 });
const slopes = compile(backend, (x: Tensor) => gradient(max(x), x), { cacheSize: 8 });

test("argmax is the first maximum, and the first NaN where there is one", async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (x) => {
      const nan = x.findIndex((v) => Number.isNaN(v));
      const [got] = await (await index(x)).read();
      expect(got).toBe(nan >= 0 ? nan : x.findIndex((v) => v === Math.max(...x)));
    }),
  );
});

test("argmax([1, NaN, 2]) is 1", async () => {
  expect([...(await (await index([1, NaN, 2])).read())]).toEqual([1]);
});

test("the gradient of a maximum is shared by the maxima, or by the NaNs where there are any", async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (x) => {
      const most = Math.max(...x);
      const isMax = x.map((v) => (Number.isNaN(most) ? Number.isNaN(v) : v === most));
      const share = 1 / isMax.filter(Boolean).length;
      const got = [...(await (await slopes(Float64Array.from(x))).read())];
      expect(got).toEqual(isMax.map((is) => (is ? share : 0)));
    }),
  );
});

const least = compile(backend, (x: Tensor) => ({ value: min(x), index: argmin(x), slope: gradient(min(x), x) }), { cacheSize: 8 });

test("the minimum is the least, or NaN, and argmin its first place; its gradient is shared by the minima", async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (x) => {
      const { value, index, slope } = await least(Float64Array.from(x));
      const lowest = Math.min(...x),
        isLowest = x.map((v) => (Number.isNaN(lowest) ? Number.isNaN(v) : v === lowest));
      expect((await value.read())[0]! + 0).toBe(lowest + 0);
      expect((await index.read())[0]).toBe(isLowest.indexOf(true));
      expect([...(await slope.read())]).toEqual(isLowest.map((is) => (is ? 1 / isLowest.filter(Boolean).length : 0)));
    }),
  );
});

test("the minimum of nothing is ∞, and axes are folded as for the maximum", async () => {
  const run = compile(backend, (x: Tensor) => ({
    none: x.slice(1, 0, 0).min(1),
    rows: min(x, 1, { keepDims: true }),
    index: argmin(x, 0),
  }));
  const { none, rows, index } = await run([
    [3, 1, 2],
    [-1, 5, 2],
  ]);
  expect([...(await none.read())]).toEqual([Infinity, Infinity]);
  expect([rows.shape, ...(await rows.read())]).toEqual([[2, 1], 1, -1]);
  expect([...(await index.read())]).toEqual([1, 0, 0]);
});
