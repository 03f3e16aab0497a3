// Smaller rates where an epoch is no better, inside fit: the rates of the rule, and from a file to the bit.
import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import {
  adam,
  dense,
  deserialize,
  exponentialDecay,
  plateau,
  reduceLROnPlateau,
  sequential,
  serialize,
  type Callback,
  type Trainer,
} from "../index.ts";

const backend = await open();
afterAll(() => backend.close());

const data = { x: Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i)]), y: Array.from({ length: 12 }, (_, i) => [i % 3]) };
const options = { backend, optimizer: adam({ learningRate: 0.3 }), loss: "mse", seed: 1 } as const;
const fresh = (): Promise<Trainer> => sequential([dense({ units: 1 })]).compile(options);
const config = { factor: 0.5, patience: 1, minDelta: 0.01 };

/** The rate of each epoch that follows. */
function rates(into: number[]): Callback {
  return { name: "rates", onEpochEnd: (_, training) => void into.push(training.learningRate ?? Number.NaN) };
}

test("the rates are those of the rule, told each epoch", async () => {
  const trainer = await fresh();
  const got: number[] = [];
  const { epochs } = await trainer.fit(data, {
    epochs: 12,
    batchSize: 4,
    validationData: data,
    callbacks: [reduceLROnPlateau(config), rates(got)],
  });
  const rule = plateau({ ...config, learningRate: 0.3 });
  let state = rule.start;
  const expected = epochs.map(({ valLoss = Number.NaN }) => (state = rule.next(state, valLoss)).learningRate);
  expect(new Set(expected).size).toBeGreaterThan(2);
  got.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i]!, 12));
  trainer.dispose();
});

test("no rate falls below the least, which a schedule may go below by itself", async () => {
  const got: number[] = [];
  const trainer = await sequential([dense({ units: 1 })]).compile({
    ...options,
    optimizer: adam({ learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 3, decayRate: 0.5 }) }),
  });
  await trainer.fit(data, {
    epochs: 6,
    batchSize: 4,
    callbacks: [reduceLROnPlateau({ patience: 1, minDelta: 1e9, minLearningRate: 0.02 }), rates(got)],
  });
  expect(got[0]).toBeCloseTo(0.05, 12); // the first epoch is the best by default
  expect(got[1]).toBeCloseTo(0.02, 12);
  expect(got.slice(2).every((rate, i) => rate < 0.02 && Math.abs(rate / 0.02 - 0.5 ** (i + 1)) < 1e-12)).toBe(true);
});

test("cut short at any epoch and loaded, the rates and weights go on as if it had not been", async () => {
  const fitting = { batchSize: 4, validationData: data } as const;
  const whole = await fresh();
  const expected: number[] = [];
  await whole.fit(data, { ...fitting, epochs: 9, callbacks: [reduceLROnPlateau(config), rates(expected)] });
  for (const cut of [1, 4, 7]) {
    const got: number[] = [];
    const stop: Callback = { name: "stop", onEpochEnd: ({ epoch }, training) => void (epoch === cut && training.stop()) };
    const first = await fresh();
    await first.fit(data, { ...fitting, epochs: 9, callbacks: [reduceLROnPlateau(config), rates(got), stop] });
    const second = await deserialize(await serialize(first, { optimizer: true })).compile(options);
    await second.fit(data, { ...fitting, epochs: 9 - cut, callbacks: [reduceLROnPlateau(config), rates(got)] });
    expect(got).toEqual(expected);
    expect(await second.weights()).toEqual(await whole.weights());
  }
});

test("a monitor whose higher values are better is followed that way, and one that is not reported is refused", async () => {
  const trainer = await sequential([dense({ units: 3 })]).compile({
    ...options,
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  const labelled = { x: data.x, y: data.y.map(([label]) => label!) };
  const seen: (readonly [number, number])[] = [];
  const look: Callback = { name: "look", onEpochEnd: (log, training) => void seen.push([log["accuracy"]!, training.learningRateScale]) };
  await trainer.fit(labelled, {
    epochs: 8,
    callbacks: [reduceLROnPlateau({ monitor: "accuracy", patience: 1, minDelta: 0, factor: 0.5 }), look],
  });
  let [best, scale] = [-1, 1];
  for (const [accuracy, got] of seen) {
    if (accuracy > best) best = accuracy;
    else scale /= 2;
    expect(got).toBe(scale);
  }
  await expect(trainer.fit(labelled, { epochs: 1, callbacks: [reduceLROnPlateau({ monitor: "acuracy" })] })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
  expect(() => reduceLROnPlateau({ factor: 2 })).toThrow("factor");
});
