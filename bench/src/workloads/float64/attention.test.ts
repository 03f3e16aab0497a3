// Gradients against finite differences, values against what is known of them.
import { random } from "@sluice/core";
import { expect, test } from "vitest";
import { apart, slopes } from "../../testing/near.ts";
import { attention, multiHead } from "./attention.ts";
import type { Numbers } from "./sequence.ts";

const sizes = { batch: 2, steps: 3, features: 4, heads: 2 };
const signals = filled({ q: 24, k: 24, v: 24 });
const up = random("up").normal(24);
const through = ({ output }: { readonly output: Float64Array }): number => output.reduce((sum, value, at) => sum + value * up[at]!, 0);

test("gradients of attention are slopes", () => {
  const wanted = slopes(signals, () => through(attention(signals, sizes)));
  expect(apart(attention(signals, sizes).backward(up), wanted)).toBeLessThanOrEqual(1e-8);
});

test("gradients of attention with projections are slopes", () => {
  const given = filled({ wq: 16, wk: 16, wv: 16, wo: 16, x: 24 });
  const wanted = slopes(given, () => through(multiHead(given, sizes)));
  expect(apart(multiHead(given, sizes).backward(up), wanted)).toBeLessThanOrEqual(1e-8);
});

test("heads do not see each other", () => {
  const before = attention(signals, sizes).output;
  const after = attention({ ...signals, v: signals.v.map((value, at) => (at % 4 < 2 ? value : 0)) }, sizes).output;
  for (let at = 0; at < 24; at++) expect(after[at]).toBe(at % 4 < 2 ? before[at] : 0);
});

test("a query far along one key takes its value", () => {
  const along = (feature: number) => Float64Array.from({ length: 4 }, (_, at) => (at === feature ? 100 : 0));
  const k = Float64Array.from([...along(0), ...along(1), ...along(2)]);
  const q = Float64Array.from([...along(1), ...along(1), ...along(1)]);
  const { output } = attention({ q, k, v: Float64Array.from({ length: 12 }, (_, at) => at) }, { ...sizes, batch: 1, heads: 1 });
  expect([...output.subarray(0, 4)]).toEqual([4, 5, 6, 7]);
});

function filled<K extends string>(lengths: Readonly<Record<K, number>>): Numbers<K> {
  const entries = Object.entries<number>(lengths).map(([name, length]) => [name, random(name).normal(length)]);
  return Object.fromEntries(entries) as Numbers<K>; // the names of `lengths`
}
