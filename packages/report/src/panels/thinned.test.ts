import { expect, test } from "vitest";
import { thinned, thinnedBand } from "./thinned.ts";

test("a thinned line keeps its ends, its least and largest numbers and where it breaks", () => {
  const points = Array.from({ length: 10_000 }, (_, x) => ({
    x,
    y: x === 5000 ? Number.NaN : x === 1234 ? 99 : x === 7777 ? -99 : Math.sin(x),
  }));
  const kept = thinned(points, 100);
  expect(kept.length).toBeLessThanOrEqual(500);
  for (const x of [0, 1234, 5000, 7777, 9999]) expect(kept.map((point) => point.x)).toContain(x);
  expect(kept.map(({ x }) => x)).toEqual(kept.map(({ x }) => x).toSorted((a, b) => a - b));
  expect(thinned(points.slice(0, 300), 100)).toHaveLength(300);
});

test("a thinned band holds every span of the whole", () => {
  const spans = Array.from({ length: 5000 }, (_, x) => ({ x, low: Math.sin(x) - 1, high: Math.cos(x) + (x === 777 ? 50 : 1) }));
  const kept = thinnedBand(spans, 100);
  expect(kept).toHaveLength(200);
  expect([kept[0]!.x, kept.at(-1)!.x]).toEqual([0, 4999]);
  expect(Math.max(...kept.map(({ high }) => high))).toBe(Math.cos(777) + 50);
  expect(thinnedBand(spans.slice(0, 200), 100)).toHaveLength(200);
});
