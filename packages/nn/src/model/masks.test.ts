// The laws of steps that do not count, over models drawn at random: losses, metrics, trained weights and predictions.
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { anyPlan, dataOf, lossWeights, outcomeOf, plain, predicted, trainerOf, type Outcome, type Plan } from "../testing/maskedModels.ts";

const backend = await open();
afterAll(() => backend.close());

/** Sums over other zeros may be associated otherwise: what differs is rounding, in float64 of numbers of about 1. */
const rounding = 1e-11;

function differ({ measured, weights, predicted: given }: Outcome): readonly number[] {
  return [...measured.flatMap((log) => Object.values(log)), ...weights, ...given];
}

function expectClose(got: readonly number[], want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  const furthest = got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!) / Math.max(1, Math.abs(want[i]!))), 0);
  expect(got.concat(want).every(Number.isFinite)).toBe(true);
  expect(furthest).toBeLessThan(rounding);
}

const numbers = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, -7);
const indices = fc.constantFrom(99, -1, 2 ** 31 - 1, -(2 ** 31), 3);

test("what stands at steps that do not count changes no bit of losses, metrics, weights or predictions", async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan({ sameWhenLonger: false }), numbers, indices, fc.nat({ max: 2 }), async (plan, number, index, label) => {
      const padding = { ...plain, further: 1 };
      const [got, want] = [
        await outcomeOf(backend, plan, { padding: { ...padding, number, index, label } }),
        await outcomeOf(backend, plan, { padding }),
      ];
      expect(got).toEqual(want);
      expect(differ(want).every(Number.isFinite)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("padding further changes nothing but rounding", async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan({ sameWhenLonger: true }), fc.integer({ min: 1, max: 4 }), async (plan, further) => {
      const [got, want] = [await outcomeOf(backend, plan, { padding: { ...plain, further } }), await outcomeOf(backend, plan)];
      expectClose(differ(got), differ(want));
    }),
    { numRuns: 40 },
  );
});

test("a row alone, cut to its length, gives what it gives in the batch", async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan({ sameWhenLonger: false }), async (plan) => {
      using trainer = await trainerOf(backend, plan);
      const together = await predicted(trainer, plan, { ...plain, further: 1 });
      const alone: number[][] = [];
      for (const row of plan.weights.keys()) alone.push([...(await predicted(trainer, cutTo(plan, row), plain, [row]))]);
      expectClose(inOutputs(plan, alone), together);
    }),
    { numRuns: 40 },
  );
});

/** A row of length 0 keeps one step that does not count, as data without steps is refused. */
function cutTo(plan: Plan, row: number): Plan {
  return { ...plan, steps: [Math.max(1, plan.lengths[0][row]!), Math.max(1, plan.lengths[1][row]!)] };
}

/** Of rows by outputs, outputs by rows. */
function inOutputs({ heads }: Plan, rows: readonly (readonly number[])[]): readonly number[] {
  return heads === "both" ? [...rows.flatMap((row) => row.slice(0, -1)), ...rows.map((row) => row.at(-1)!)] : rows.flat();
}
