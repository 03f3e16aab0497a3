// Smaller steps where an epoch is no better, by `onEpochEnd` and a schedule: from a file they go on to the bit.
import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { adam, dense, deserialize, input, plateau, sequential, serialize, type PlateauState, type Trainer } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());

const data = { x: Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)]), y: Array.from({ length: 12 }, (_, i) => [i % 3]) };
const rule = plateau({ learningRate: 0.3, factor: 0.5, patience: 1, minDelta: 0.01 });

/** Epochs of a trainer whose rate is that of a state, and the rates of each. */
async function epochs(trainer: (rate: () => number) => Promise<Trainer>, start: PlateauState, count: number) {
  let state = start;
  const rates: number[] = [];
  const made = await trainer(() => state.learningRate);
  await made.fit(data, {
    epochs: count,
    batchSize: 4,
    validationData: data,
    onEpochEnd({ valLoss = Number.NaN }) {
      state = rule.next(state, valLoss);
      rates.push(state.learningRate);
    },
  });
  return { made, state, rates };
}

test("a fit with a plateau goes on from a file and its state as if it had not stopped", async () => {
  const options = (rate: () => number) => ({ backend, optimizer: adam({ learningRate: rate }), loss: "mse", seed: 1 }) as const;
  const fresh = (rate: () => number) => sequential([input({ shape: [2] }), dense({ units: 1 })]).compile(options(rate));
  const whole = await epochs(fresh, rule.start, 8);
  const first = await epochs(fresh, rule.start, 5);
  const bytes = await serialize(first.made, { optimizer: true });
  const state = JSON.parse(JSON.stringify(first.state)) as PlateauState;
  const second = await epochs(async (rate) => deserialize(bytes).compile(options(rate)) as Promise<Trainer>, state, 3);
  expect(new Set(whole.rates).size).toBeGreaterThan(2);
  expect([...first.rates, ...second.rates]).toEqual(whole.rates);
  expect(await second.made.weights()).toEqual(await whole.made.weights());
  for (const { made } of [whole, first, second]) made.dispose();
});
