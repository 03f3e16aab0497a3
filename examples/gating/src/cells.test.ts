import { compile, stopGradient, type Cell, type HostArray, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { mergeGate } from "./cells/mergeGate.ts";
import { onlyNew } from "./cells/onlyNew.ts";
import { otherReset } from "./cells/otherReset.ts";
import { slopeError } from "./slopes.ts";
import { variants } from "./variants.ts";

const backend = await open();
afterAll(() => backend.close());

test.each(variants)("the gradient of $title is what finite differences say", async ({ cell }) => {
  for (const seed of [1, 2, 3]) expect(await slopeError(backend, cell, seed)).toBeLessThan(1e-7);
});

test("a gradient that is wrong is told from one that is right", async () => {
  const step: Cell["step"] = (weights, x, state) => (onlyNew as Cell).step(weights, x, { h: stopGradient(state["h"]!) });
  expect(await slopeError(backend, { ...(onlyNew as Cell), step }, 1)).toBeGreaterThan(1e-3);
});

const sigma = (v: number): number => 1 / (1 + Math.exp(-v));
const [x, h] = [0.7, -0.4];
/** By gate: what x and h are multiplied by, and the bias. */
const gate = {
  z: [0.3, -0.5, 0.1],
  r: [-0.2, 0.8, 0.4],
  m: [0.6, 0.9, -0.3],
  n: [1.1, -0.7, 0.2],
} as const;
const z = sigma(gate.z[0] * x + gate.z[1] * h + gate.z[2]),
  r = sigma(gate.r[0] * x + gate.r[1] * h + gate.r[2]),
  m = sigma(gate.m[0] * x + gate.m[1] * h + gate.m[2]);
const candidate = (seen: number): number => Math.tanh(gate.n[0] * x + gate.n[1] * seen + gate.n[2]);

test.each<[name: string, cell: Cell, gates: readonly (keyof typeof gate)[], next: number]>([
  ["onlyNew", onlyNew, ["z", "r", "n"], (1 - z) * candidate(r * h)],
  ["otherReset", otherReset, ["z", "r", "n"], z * h + (1 - z) * candidate((1 - r) * h)],
  ["mergeGate", mergeGate, ["z", "r", "m", "n"], m * (z * h + (1 - z) * candidate(r * h))],
])("one step of %s is its equation", async (_, cell, gates, next) => {
  const f64 = (values: readonly number[], ...shape: readonly number[]): HostArray => ({
    dtype: "f64",
    shape,
    data: Float64Array.from(values),
  });
  const weights = {
    wx: f64(
      gates.map((name) => gate[name][0]),
      1,
      gates.length,
    ),
    wh: f64(
      gates.map((name) => gate[name][1]),
      1,
      gates.length,
    ),
    b: f64(
      gates.map((name) => gate[name][2]),
      gates.length,
    ),
  };
  const step = compile(backend, (w: Record<string, Tensor>, at: Tensor, state: { h: Tensor }) => cell.step(w, at, state).output);
  expect((await (await step(weights, f64([x], 1, 1), { h: f64([h], 1, 1) })).read())[0]).toBeCloseTo(next, 14);
});
