import fc from "fast-check";
import { expect, test } from "vitest";
import { open } from "../reference.ts";
import { argsort, compile, gradient, literal, sort, type Tensor, topK } from "../index.ts";
import { normal } from "../testing/numbers.ts";
import { evaluate } from "../testing/running.ts";
import { wrongSlopes } from "../testing/slopes.ts";

const backend = await open();
const rows = fc.array(fc.constantFrom(NaN, -Infinity, -1, -0, 0, 1, 2, Infinity), { minLength: 1, maxLength: 12 });

/** Indices in order: NaN above all, equal ones as they lie. */
function ordered(x: readonly number[], descending: boolean): number[] {
  const size = (v: number): readonly [number, number] => (Number.isNaN(v) ? [1, 0] : [0, v]);
  const compare = (a: number, b: number): number => {
    const [[n, v], [m, w]] = [size(x[a]!), size(x[b]!)];
    return n !== m ? n - m : v === w ? 0 : v < w ? -1 : 1;
  };
  return x.map((_, i) => i).sort((a, b) => (descending ? compare(b, a) : compare(a, b)) || a - b);
}

const all = compile(
  backend,
  (x: Tensor) => ({
    up: argsort(x),
    down: argsort(x, -1, { descending: true }),
    sorted: sort(x),
    largest: topK(x, Math.ceil(x.size / 2)),
    smallest: topK(x, 1, { largest: false }),
  }),
  { cacheSize: 20 },
);

test("elements are in order, equal ones as they lie, NaN above all numbers", async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (x) => {
      const { up, down, sorted, largest, smallest } = await all(x);
      const [ascending, descending] = [ordered(x, false), ordered(x, true)];
      expect([...(await up.read())]).toEqual(ascending);
      expect([...(await down.read())]).toEqual(descending);
      expect([...(await sorted.read())]).toEqual(ascending.map((i) => x[i]));
      const first = descending.slice(0, Math.ceil(x.length / 2));
      expect([...(await largest.indices.read())]).toEqual(first);
      expect([...(await largest.values.read())]).toEqual(first.map((i) => x[i]));
      expect([...(await smallest.indices.read())]).toEqual(ascending.slice(0, 1));
    }),
    { numRuns: 40 },
  );
});

test("any axis is sorted by itself, and the indices give the values", async () => {
  const x = normal(1, 3, 5, 2);
  const at = (i: number, j: number, k: number): number => x.data[(i * 5 + j) * 2 + k]!;
  const { s, a, v, n } = await evaluate(
    backend,
    (t: Tensor) => {
      const { values, indices } = topK(t, 2, { axis: 1 });
      return { s: sort(t, 1), a: argsort(t, 1), v: values, n: indices };
    },
    x,
  );
  for (let i = 0; i < 3; i++)
    for (let k = 0; k < 2; k++) {
      const column = Array.from({ length: 5 }, (_, j) => at(i, j, k)),
        order = ordered(column, false);
      for (let j = 0; j < 5; j++) {
        expect(a![(i * 5 + j) * 2 + k]).toBe(order[j]);
        expect(s![(i * 5 + j) * 2 + k]).toBe(column[order[j]!]);
      }
      for (let j = 0; j < 2; j++) {
        expect(n![(i * 2 + j) * 2 + k]).toBe(order[4 - j]);
        expect(v![(i * 2 + j) * 2 + k]).toBe(column[order[4 - j]!]);
      }
    }
});

test("a thousand numbers are sorted, those of i32 as well", async () => {
  const x = normal(2, 1000);
  const got = await evaluate(backend, (t: Tensor) => ({ s: sort(t) }), x);
  expect(got.s).toEqual([...x.data].sort((a, b) => a - b));
  const whole = Int32Array.from([5, -3, 5, 2 ** 24, -(2 ** 24), 0]);
  expect((await evaluate(backend, (t: Tensor) => ({ s: sort(t) }), { dtype: "i32", shape: [6], data: whole })).s).toEqual(
    [...whole].sort((a, b) => a - b),
  );
});

test("the gradient goes back to where the elements came from", async () => {
  const weights = { x: normal(3, 2, 7), w: normal(4, 2, 7), v: normal(5, 2, 3) };
  type Inputs = { readonly x: Tensor; readonly w: Tensor; readonly v: Tensor };
  expect(await wrongSlopes(backend, ({ x, w }: Inputs) => sort(x, 1, { descending: true }).mul(w).sum(), weights)).toEqual([]);
  expect(await wrongSlopes(backend, ({ x, v }: Inputs) => topK(x, 3).values.mul(v).sum(), weights)).toEqual([]);
  const slopes = compile(backend, (x: Tensor) =>
    gradient(
      sort(x)
        .mul(literal([1, 2, 3]))
        .sum()
        .add(topK(x, 2).values.sum()),
      x,
    ),
  );
  expect([...(await (await slopes([NaN, 1, 1])).read())]).toEqual([4, 2, 2]);
});

test("axes of one element, and none, are as they are", async () => {
  const { one, none, empty } = await evaluate(
    backend,
    (x: Tensor) => ({ one: sort(x.slice(1, 0, 1)), none: sort(x.slice(0, 0, 0)), empty: topK(x.slice(0, 0, 0), 2).indices }),
    normal(6, 2, 3),
  );
  expect(one).toHaveLength(2);
  expect(none).toEqual([]);
  expect(empty).toEqual([]);
});

test("topK says how many elements there are", () => {
  const run = compile(backend, (x: Tensor) => topK(x, 3).values);
  return expect(run([1, 2])).rejects.toThrow(/topK needs at least k = 3 elements, argument 1 \[2\] has 2 along the axis/);
});
