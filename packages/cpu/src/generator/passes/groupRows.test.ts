import type { Step } from "@sluice/core";
import { broken, lstmForward } from "@sluice/core/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isParallel } from "../plans/parallelScan.ts";
import { groupRows, rowGroupSize } from "./groupRows.ts";
import { blockTime } from "./blockTime.ts";
import { rowTiling } from "./passes.ts";
import { after, traced } from "./testing/recurrences.ts";

test("a Program cut into groups of rows computes what it did, with time in blocks or not", async () => {
  const sizes = fc.record({
    steps: fc.constantFrom(1, 4, 6, 8),
    batch: fc.integer({ min: 1, max: 18 }),
    input: fc.integer({ min: 1, max: 3 }),
    units: fc.integer({ min: 1, max: 3 }),
  });
  let cut = 0;
  const property = fc.asyncProperty(
    sizes,
    fc.constantFrom("lstm", "gru"),
    fc.boolean(),
    fc.boolean(),
    async (size, kind, isTrained, isBlocked) => {
      const program = await traced(kind, size, isTrained);
      const laid = groupRows(isBlocked ? blockTime(program, 4 * 2 * size.batch * 4 * size.units) : program),
        groups = laid.steps.filter(isParallel).length;
      cut += groups;
      expect(groups > 0).toBe(size.batch > 1);
      expect(
        broken(
          rowTiling(() => true),
          program,
          laid,
        ),
      ).toEqual([]);
      expect(await after(laid)).toEqual(await after(program));
    },
  );
  await fc.assert(property, { numRuns: 60, interruptAfterTimeLimit: 5_000 });
  expect(cut).toBeGreaterThan(20);
});

const loop = (steps: readonly Step[]) => steps.flatMap((step) => (step.kind === "scan" ? [step] : []))[0]!;

test("groups have eight rows, or as many fewer as divide the batch into an even number of them", () => {
  const groupFor = (batch: number) => rowGroupSize(loop(lstmForward({ steps: 3, batch, input: 4, units: 5 }).steps), []);
  expect([1, 2, 4, 8, 12, 16, 18, 20, 21, 24, 31, 32, 64].map(groupFor)).toEqual([undefined, 1, 2, 4, 6, 8, 3, 5, 7, 4, 1, 8, 8]);
});

test("all products of a block of time run in the groups of its steps", () => {
  const blocked = blockTime(lstmForward({ steps: 64, batch: 32, input: 8, units: 128 }));
  const { steps } = groupRows(blocked);
  expect(loop(blocked.steps).length).toBe(4);
  expect(steps.map(isParallel)).toEqual([true]);
});

test("weights that do not fit into an inner cache are not read again by every group", () => {
  expect(rowGroupSize(loop(lstmForward({ steps: 3, batch: 32, input: 4, units: 512 }).steps), [])).toBeUndefined();
});
