import { broken, lstmForward } from "@sluice/core/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blockTime } from "./blockTime.ts";
import { timeTiling } from "./passes.ts";
import { after, traced } from "./testing/recurrences.ts";

test("a blocked Program computes what it did, for loops forward and their gradients", async () => {
  const sizes = fc.record({
    steps: fc.constantFrom(1, 4, 6, 7, 8, 12),
    batch: fc.integer({ min: 1, max: 3 }),
    input: fc.integer({ min: 1, max: 3 }),
    units: fc.integer({ min: 1, max: 3 }),
  });
  let cut = 0;
  await fc.assert(
    fc.asyncProperty(
      sizes,
      fc.constantFrom("lstm", "gru"),
      fc.boolean(),
      fc.integer({ min: 1, max: 3 }),
      async (size, kind, isTrained, fitting) => {
        const program = await traced(kind, size, isTrained);
        const laid = blockTime(program, 4 * fitting * size.batch * 4 * size.units); // room for so many steps of an LSTM
        if (laid !== program) cut++;
        expect(broken(timeTiling, program, laid)).toEqual([]);
        expect(await after(laid)).toEqual(await after(program));
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 5_000 },
  );
  expect(cut).toBeGreaterThan(10);
});

test("what only the loop reads takes a block's room, what the way back reads stays whole", () => {
  const program = lstmForward({ steps: 64, batch: 32, input: 8, units: 128 });
  const [before, laid] = [program.slots.at(-1)!, blockTime(program).slots.at(-1)!];
  expect([before.length, laid.length]).toEqual([64 * 32 * 512, 16 * 32 * 512]);
  expect(blockTime(lstmForward({ steps: 4, batch: 32, input: 8, units: 128 })).steps).toHaveLength(2); // small enough as it is
});
