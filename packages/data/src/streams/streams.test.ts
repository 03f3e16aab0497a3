// Streams: nothing lost, nothing twice, nothing asked for too early, and the end is told to whoever gives them.
import fc from "fast-check";
import { expect, test } from "vitest";
import { batched, collated, shuffled, takeFirst, type Stream } from "../index.ts";

async function all<T>(stream: Stream<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** 0, 1, 2, …, and what was asked of it. */
function watched(n = Infinity) {
  const seen = { asked: 0, ended: false };
  const stream = (async function* () {
    try {
      while (seen.asked < n) yield seen.asked++;
    } finally {
      seen.ended = true;
    }
  })();
  return { seen, stream };
}

test("a shuffle loses nothing and repeats nothing, gives the same for a seed, and lets none come more than a buffer too early", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 70 }), fc.integer(), async (n, buffer, seed) => {
      const order = await all(shuffled(upTo(n), { buffer, seed }));
      expect(order.toSorted((a, b) => a - b)).toEqual(upTo(n));
      expect(await all(shuffled(watched(n).stream, { buffer, seed }))).toEqual(order);
      order.forEach((item, place) => expect(item - place).toBeLessThanOrEqual(buffer));
      if (buffer === 1) expect(order).toEqual(upTo(n));
    }),
    { numRuns: 60 },
  );
});

test("a buffer that holds all draws every order alike", async () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 1200; seed++) {
    const order = (await all(shuffled(upTo(3), { buffer: 3, seed }))).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(65); // five deviations of a binomial, 12.9 each
});

test("batches hold all items in order, and the last what is left", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 8 }), fc.boolean(), async (n, size, dropRemainder) => {
      const batches = await all(batched(upTo(n), size, { dropRemainder }));
      expect(batches.flat()).toEqual(upTo(dropRemainder ? n - (n % size) : n));
      for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(size);
    }),
  );
});

test("nothing is asked for before it is wanted", async () => {
  const { seen, stream } = watched();
  const batches = batched(takeFirst(shuffled(stream, { buffer: 4 }), 5), 2);
  expect(seen.asked).toBe(0);
  await batches.next();
  expect(seen.asked).toBe(6); // four held, two given
  expect((await all(batches)).flat()).toHaveLength(3);
  expect(seen).toEqual({ asked: 9, ended: true }); // and takeFirst asks for no tenth
});

test("a loop that ends early ends the stream, and what the stream throws comes out", async () => {
  const { seen, stream } = watched();
  for await (const _ of batched(shuffled(stream, { buffer: 2 }), 3)) break;
  expect(seen.ended).toBe(true);
  const failing = (function* () {
    yield 1;
    throw new Error("cut off");
  })();
  await expect(all(shuffled(failing, { buffer: 5 }))).rejects.toThrow("cut off");
});

test("samples become a batch", () => {
  expect(collated([{ x: [1, 2], y: 0 }, { x: [3, 4], y: 1 }])).toEqual({ x: [[1, 2], [3, 4]], y: [0, 1] }); // prettier-ignore
  expect(() => collated([])).toThrow(expect.objectContaining({ code: "EMPTY_DATA" }));
  expect(() => collated([{ x: 1 }, { y: 1 }] as never)).toThrow(/samples\[1\] has y, the first has x/);
});

test.each<[string, () => unknown]>([
  ["no buffer", () => shuffled([1], {} as never)],
  ["a buffer of 0", () => shuffled([1], { buffer: 0 })],
  ["no stream", () => shuffled(3 as never, { buffer: 1 })],
  ["the function that gives one", () => batched((() => [1]) as never, 1)],
  ["batches of 0", () => batched([1], 0)],
  ["a negative number", () => takeFirst([1], -1)],
])("%s: refused at once", (_, attempt) => {
  expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
});
