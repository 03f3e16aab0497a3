// For tests: as many examples as a time allows, and how many that were.
import fc from "fast-check";
import { expect } from "vitest";

const isThorough = process.env["SLUICE_THOROUGH"] === "1";

/** Looks for a counterexample for `milliseconds` (ten times as long in a thorough run), and says how many examples it tried. */
export async function hunt<T>(arbitrary: fc.Arbitrary<T>, holds: (example: T) => Promise<void>, milliseconds = 1500): Promise<void> {
  let examples = 0;
  const property = fc.asyncProperty(arbitrary, async (example) => {
    examples++;
    await holds(example);
  });
  await fc.assert(property, { numRuns: 1e9, interruptAfterTimeLimit: isThorough ? 10 * milliseconds : milliseconds });
  console.log(`${expect.getState().currentTestName}: ${examples} examples`);
}
