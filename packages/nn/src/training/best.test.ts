import { array } from "@sluice/core";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Best } from "./best.ts";
import type { EpochLog } from "../model/options.ts";
import type { FitOptions } from "../model/model.ts";

const backend = await open();
const anyValues = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 });

/** Epoch after epoch until patience is over; the weights are the epoch's number. */
async function follow(values: readonly number[], measure: string, options: Partial<FitOptions>) {
  const params = array(backend, Float64Array.of(0));
  const best = new Best(
    { learnt: (into) => params.read(into), setLearnt: (flat) => params.write(flat) },
    [
      { name: "loss", better: "lower" },
      { name: "accuracy", better: "higher" },
    ],
    { epochs: values.length, ...options },
  );
  let epochs = 0;
  for (const value of values) {
    params.write(Float64Array.of(++epochs));
    const log: EpochLog = { ...{ loss: 0, accuracy: 0 }, epoch: epochs, examplesPerSecond: 1, [measure]: value };
    best.take(log, await best.copy(log));
    if (best.isOver) break;
  }
  best.restore();
  return { epochs, best: best.log?.epoch, weights: (await params.read())[0] };
}

test("the best epoch is the first with the lowest loss, or the highest accuracy, and its weights come back", async () => {
  await fc.assert(
    fc.asyncProperty(anyValues, async (values) => {
      const lowest = values.indexOf(Math.min(...values)) + 1;
      const highest = values.indexOf(Math.max(...values)) + 1;
      expect(await follow(values, "loss", { restoreBestWeights: true })).toEqual({ epochs: values.length, best: lowest, weights: lowest });
      const accuracy = { monitor: "accuracy", restoreBestWeights: true };
      expect(await follow(values, "accuracy", accuracy)).toEqual({ epochs: values.length, best: highest, weights: highest });
    }),
    { numRuns: 50 },
  );
});

test("an epoch whose number is NaN is never the best: that is the first of the others, and none where there is no other", async () => {
  const anyNumbers = fc.array(fc.oneof(fc.constant(Number.NaN), fc.integer({ min: 0, max: 6 })), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(anyNumbers, async (values) => {
      const numbers = values.filter((value) => !Number.isNaN(value));
      const place = (value: number): number | undefined => (numbers.length === 0 ? undefined : values.indexOf(value) + 1);
      const ended = (best: number | undefined) => ({ epochs: values.length, best, weights: best ?? values.length });
      const restored = { restoreBestWeights: true };
      expect(await follow(values, "loss", restored)).toEqual(ended(place(Math.min(...numbers))));
      expect(await follow(values, "accuracy", { monitor: "accuracy", ...restored })).toEqual(ended(place(Math.max(...numbers))));
    }),
    { numRuns: 50 },
  );
  expect((await follow([Number.NaN, Number.NaN, 1], "loss", { patience: 2 })).epochs).toBe(2);
});

test("without being asked the weights stay the last ones", async () => {
  expect(await follow([1, 2, 3], "loss", {})).toEqual({ epochs: 3, best: 1, weights: 3 });
});

test("patience counts the epochs in a row without a better one", async () => {
  expect((await follow([5, 6, 4, 5, 4, 3, 9, 9, 9], "loss", { patience: 3 })).epochs).toBe(9);
  expect((await follow([5, 6, 4, 5, 4, 3, 9, 9, 9], "loss", { patience: 2 })).epochs).toBe(5);
  expect((await follow([5, 4, 4, 3], "loss", { patience: 0 })).epochs).toBe(3);
});
