import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { argmax, compile, gradient, max, type Tensor } from "../index.ts";

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
