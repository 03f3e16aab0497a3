// Weights of losses that follow a schedule: as many fits of one update, each by its number, are the oracle.
import type { Backend, Program } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { dense, deserialize, input, model, serialize, sgd, type AnyWeights } from "../index.ts";

const programs: Program[] = [];
const inner = await open();
const backend: Backend = { ...inner, compile: (program) => (programs.push(program), inner.compile(program)) };
const samples = 8;
const data = {
  x: { days: Array.from({ length: samples }, (_, i) => [Math.sin(i), Math.cos(3 * i)]) },
  y: { tomorrow: Array.from({ length: samples }, (_, i) => [Math.sin(i + 1)]), rain: Array.from({ length: samples }, (_, i) => [i % 2]) },
};
const days = input({ name: "days", shape: [2] });
const shared = dense({ units: 3, activation: "tanh", name: "shared" })(days);
const heads = {
  tomorrow: dense({ units: 1, name: "tomorrow" })(shared),
  rain: dense({ units: 1, activation: "sigmoid", name: "rain" })(shared),
};
const two = model({ inputs: { days }, outputs: heads });
const compiled = { backend, optimizer: sgd({ learningRate: 0.3 }), loss: { tomorrow: "mse", rain: "binaryCrossentropy" }, dtype: "f64", seed: 1 } as const; // prettier-ignore
const falling = (updates: number) => 1 / (1 + updates);

test("each update counts an auxiliary loss as the schedule has it then, in one Program for all", async () => {
  using whole = await two.compile({ ...compiled, lossWeights: { rain: falling } });
  programs.length = 0;
  const { epochs } = await whole.fit(data, { epochs: 5, batchSize: samples });
  expect(programs.length).toBe(1);
  using start = await two.compile({ ...compiled, lossWeights: { rain: falling } });
  await start.predict(data.x);
  let weights: AnyWeights = await start.weights();
  for (let update = 0; update < 5; update++) {
    using one = await two.withWeights(weights as never).compile({ ...compiled, lossWeights: { rain: falling(update) } });
    const { epochs: [log] } = await one.fit(data, { epochs: 1, batchSize: samples }); // prettier-ignore
    for (const name of ["loss", "tomorrowLoss", "rainLoss"] as const) expect(epochs[update]![name]).toBeCloseTo(log![name], 12);
    expect(log!.loss).toBeCloseTo(log!.tomorrowLoss + falling(update) * log!.rainLoss, 12);
    weights = await one.weights();
  }
  const [got, expected] = [await whole.checkpoint(), await two.withWeights(weights as never).saved!];
  for (const [name, { data: values }] of Object.entries(expected.weights))
    values.forEach((value, i) => expect(got.weights[name]!.data[i]).toBeCloseTo(value, 12));
});

test("over several updates the loss of an epoch is the mean of what fell, and validation's is by the weight of the updates done", async () => {
  using trainer = await two.compile({ ...compiled, lossWeights: { rain: falling, tomorrow: () => -0.5 } });
  const { epochs: [log] } = await trainer.fit(data, { epochs: 1, batchSize: 2, shuffle: false, validationData: data }); // prettier-ignore
  using step = await two.compile({ ...compiled, lossWeights: { rain: falling, tomorrow: () => -0.5 } });
  const losses: number[] = [];
  for (let from = 0; from < samples; from += 2) {
    const part = { x: { days: data.x.days.slice(from, from + 2) }, y: { tomorrow: data.y.tomorrow.slice(from, from + 2), rain: data.y.rain.slice(from, from + 2) } }; // prettier-ignore
    losses.push((await step.fit(part, { epochs: 1, batchSize: 2 })).epochs[0]!.loss);
  }
  expect(log!.loss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss, 0) / losses.length, 12);
  expect(log!.valLoss).toBeCloseTo(falling(4) * log!.valRainLoss! - 0.5 * log!.valTomorrowLoss!, 12);
});

test("a schedule that stays is the number, and training that is loaded goes on where the schedule was", async () => {
  using byNumber = await two.compile({ ...compiled, lossWeights: { rain: 0.25 } });
  using byFunction = await two.compile({ ...compiled, lossWeights: { rain: () => 0.25 } });
  const [a, b] = [await byNumber.fit(data, { epochs: 3, batchSize: 3 }), await byFunction.fit(data, { epochs: 3, batchSize: 3 })];
  a.epochs.forEach((log, i) => expect(b.epochs[i]!.rainLoss).toBeCloseTo(log.rainLoss, 12));
  const options = { ...compiled, lossWeights: { rain: falling } };
  using whole = await two.compile(options);
  await whole.fit(data, { epochs: 4, batchSize: 3 });
  using first = await two.compile(options);
  await first.fit(data, { epochs: 2, batchSize: 3 });
  using second = await deserialize<"days", "tomorrow" | "rain">(await serialize(first, { optimizer: true })).compile(options);
  await second.fit(data, { epochs: 2, batchSize: 3 });
  expect(await second.weights()).toEqual(await whole.weights());
});

test("what is no number is refused: at once, or by the step at which a schedule gave it", async () => {
  const refused = (what: string) => ({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });
  await expect(two.compile({ ...compiled, lossWeights: { rain: Number.NaN } })).rejects.toMatchObject(refused("lossWeights"));
  await expect(two.compile({ ...compiled, lossWeights: { rain: "much" as never } })).rejects.toMatchObject(refused("lossWeights"));
  using trainer = await two.compile({ ...compiled, lossWeights: { rain: (updates) => 1 / (2 - updates) } });
  await expect(trainer.fit(data, { epochs: 3, batchSize: samples })).rejects.toMatchObject(refused("lossWeights.rain at step 2"));
});
