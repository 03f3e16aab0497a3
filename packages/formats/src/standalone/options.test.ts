// Whatever options are, a file comes of them or a typed error, and every file that comes runs.
import { open } from "@sluice/cpu";
import { SluiceError } from "@sluice/core";
import { dense, gru, input, sequential } from "@sluice/nn";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { standalone, type StandaloneOptions } from "./index.ts";
import { cleanUp, opened } from "./testing/opened.ts";

const backend = await open();
const trainer = await sequential([input({ shape: [3, 2] }), gru({ units: 2 }), dense({ units: 1 })]).compile({ backend });
afterAll(async () => {
  cleanUp();
  trainer.dispose();
  await backend.close();
});

const anything = fc.oneof(
  fc.integer({ min: -1, max: 4 }),
  fc.constantFrom("inline", "stream", "x", "__proto__"),
  fc.boolean(),
  fc.anything({ maxDepth: 1 }),
);
/** Mostly as it should be. */
const mostly = (good: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: anything });
const count = fc.integer({ min: 1, max: 4 });
const place = fc.constantFrom("inline", "separate");
const options: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.record(
  {
    batch: mostly(count),
    steps: mostly(fc.constant(3)),
    verbs: mostly(fc.subarray(["predict", "stream"], { minLength: 1 })),
    lengths: mostly(fc.boolean()),
    over: mostly(fc.constant(undefined)),
    maxSteps: mostly(count),
    streamBatch: mostly(count),
    weights: mostly(place),
    wasm: mostly(place),
  },
  { requiredKeys: [] },
);

test("options of any kind give a file that runs, or a typed error", async () => {
  const came = { files: 0, errors: 0 };
  await fc.assert(
    fc.asyncProperty(options, async (own) => {
      try {
        const made = await standalone(trainer, own as StandaloneOptions); // or not: that is what is asked
        came.files++;
        if (own["weights"] !== "separate" && own["wasm"] !== "separate") expect((await opened(made)).dispose()).toBeUndefined();
      } catch (error) {
        came.errors++;
        expect(error).toBeInstanceOf(SluiceError);
        expect((error as SluiceError).code).not.toBe("INTERNAL"); // as was just seen
      }
    }),
    { numRuns: 60 },
  );
  expect(came).toEqual({ files: expect.toSatisfy((n: number) => n > 5), errors: expect.toSatisfy((n: number) => n > 5) });
});
