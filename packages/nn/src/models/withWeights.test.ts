import { hostArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { deserialize, dense, gru, input, model, sequential, serialize, sgd } from "../index.ts";

const backend = await open();
const line = () => sequential([input({ shape: [2] }), dense({ units: 1, name: "line" })]);
const weights = { line: { kernel: hostArray([[2], [3]]), bias: hostArray([1]) } };

test("a model starts from weights that are given to it, and the one it was made of does not", async () => {
  const bare = line();
  const given = bare.withWeights(weights);
  using trainer = await given.compile({ backend });
  expect([...(await trainer.predict([[1, 1], [0, 2]])).data]).toEqual([6, 7]); // prettier-ignore
  expect([bare.saved, given.name]).toEqual([undefined, "sequential"]);
  using again = await deserialize(await serialize(given)).compile({ backend });
  expect([...(await again.predict([[1, 1]])).data]).toEqual([6]);
});

test("it trains on from them, and what a trainer gives is what it takes", async () => {
  using trainer = await line()
    .withWeights(weights)
    .compile({ backend, loss: "mse", optimizer: sgd({ learningRate: 0.1 }) });
  await trainer.fit({ x: [[1, 0]], y: [[4]] }, { epochs: 1 });
  const after = await trainer.weights();
  expect(after.line.bias?.data[0]).toBeCloseTo(1.2, 6); // 1 + 0.1 · 2 · (4 − 3)
  using taken = await line().withWeights(after).compile({ backend });
  expect((await taken.predict([[1, 0]])).data).toEqual((await trainer.predict([[1, 0]])).data);
});

test("several inputs, and shapes that the model does not say", async () => {
  const [a, b] = [input(), input()];
  const both = model({
    inputs: { a, b },
    outputs: { y: dense({ units: 1, useBias: false, name: "both" })(gru({ units: 1, name: "gru" })(a)), z: b },
  });
  const shape = { a: [3, 1], b: [2] };
  using drawn = await both.compile({ backend, seed: 1 });
  const x = { a: [[[1], [2], [3]]], b: [[1, 2]] };
  const before = await drawn.predict(x);
  using trainer = await both.withWeights(await drawn.weights(), shape).compile({ backend, seed: 2 });
  expect(await trainer.predict(x)).toEqual(before);
  expect(() => both.withWeights({})).toThrow("no sample's shape of the model");
});

test("as a layer of another it brings them along", async () => {
  const inner = line().withWeights(weights);
  using trainer = await sequential([inner, dense({ units: 1 })]).compile({ backend, seed: 1 });
  await trainer.predict([[1, 1]]);
  expect(JSON.stringify((await trainer.weights())["sequential"])).toContain('"0":2');
});

test("weights that do not fit are refused by name", () => {
  const refused = (weights: unknown) => () => line().withWeights(weights as never);
  expect(refused({})).toThrow('weight "line.kernel" is missing');
  expect(refused({ line: { ...weights.line, gain: hostArray([1]) } })).toThrow('there is no weight "line.gain"');
  expect(refused({ line: { ...weights.line, bias: hostArray([1, 2]) } })).toThrow('weight "line.bias" is [units 1], got [2]');
  expect(refused({ line: { ...weights.line, bias: hostArray([NaN]) } })).toThrow("NaN at element 0");
  expect(refused({ line: { ...weights.line, bias: [1] } })).toThrow('"line.bias');
  expect(refused(undefined)).toThrow("model.withWeights");
});
