// The laws of steps that do not count, on cpu and workers; webgl's test is in its own package.
import type { Backend } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import { expect, test } from "vitest";
import { outcomeOf, plain, type Outcome, type Plan } from "../testing/maskedModels.ts";

const rows = {
  steps: [5, 3],
  lengths: [[5, 2, 0, 3, 1], [3, 0, 2, 1, 3]], // prettier-ignore
  weights: [1, 2, 1, 0.5, 1],
  holes: true,
  batchSize: 2,
  seed: 3,
} as const;

/** Each layer and each end once, each front and each shape with both heads. */
const plans: readonly Plan[] = [
  { ...rows, front: "numbers", shape: "chain", body: ["lstm", "backwards", "heads"], end: "both ways", heads: "both" },
  {
    ...rows,
    front: "indices",
    shape: "attends",
    body: ["both ways, averaged", "normalised layers", "positions"],
    end: "lstm",
    heads: "both",
  },
  { ...rows, front: "maskIndex", shape: "continues", body: ["gru, dropped", "causal heads", "dense"], end: "backwards", heads: "both" },
  { ...rows, front: "indices", shape: "chain", body: ["both ways", "causal attention", "mgu, dropped"], end: "backwards", heads: "both" },
  { ...rows, front: "numbers", shape: "chain", body: ["convolution", "normalised groups", "moving maxima"], end: "lstm", heads: "both" },
  { ...rows, front: "maskIndex", shape: "attends", body: ["causal convolution", "units of length", "separable convolution"], end: "lstm", heads: "both" }, // prettier-ignore
  { ...rows, front: "indices", shape: "chain", body: ["depthwise convolution", "moving means", "features, dropped"], end: "lstm", heads: "both" }, // prettier-ignore
];

const all = ({ measured, weights, predicted }: Outcome) => [...measured.flatMap((log) => Object.values(log)), ...weights, ...predicted];

/** Two epochs of three updates: what f32 and its sums lose in them. */
function expectNear(got: Outcome, want: Outcome, bound: number): void {
  const [a, b] = [all(got), all(want)];
  expect(a).toHaveLength(b.length);
  expect(a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)).toBeLessThan(bound);
}

test.each([
  ["cpu", openCpu],
  ["workers", () => openWorkers({ threads: 2, threshold: 0 })],
] as const)("on %s what does not count changes no bit, padding further only rounding, and all is as in float64", async (_, open) => {
  const [backend, reference]: readonly Backend[] = [await open(), await openReference()];
  for (const plan of plans) {
    const f32 = (padding = plain) => outcomeOf(backend!, plan, { dtype: "f32", padding });
    const [got, longer] = [await f32(), await f32({ ...plain, further: 2 })];
    const garbage = { further: 2, number: Number.NaN, index: -7, label: plan.front === "maskIndex" ? 2 : 99 };
    expect(await f32(garbage)).toEqual(longer);
    expectNear(longer, got, 1e-5);
    expectNear(got, await outcomeOf(reference!, plan), 1e-4);
  }
  await backend!.close();
});
