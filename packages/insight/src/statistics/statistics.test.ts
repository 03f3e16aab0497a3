// Gates, units and updates, of models whose weights say what they must be.
import { cell, gate, random, sigmoid, type HostArray } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { adam, bidirectional, dense, gru, input, lstm, mgu, recurrent, relu, sequential, sgd, simpleRNN } from "@sluice/nn";
import { afterAll, expect, test } from "vitest";
import { deadUnits } from "./deadUnits.ts";
import { gateStatistics } from "./gateStatistics.ts";
import { updateRatios } from "./updateRatios.ts";

const backend = await open();
afterAll(() => backend.close());
const zeros = (...shape: readonly number[]): HostArray => ({
  dtype: "f64",
  shape,
  data: new Float64Array(shape.reduce((product, n) => product * n, 1)),
});
const normal = (seed: number, ...shape: readonly number[]): HostArray => ({
  ...zeros(...shape),
  data: random(seed).normal(zeros(...shape).data.length),
});
const sigma = (x: number): number => 1 / (1 + Math.exp(-x));

test("gates of an lstm whose weights are all biases are σ of these: shut, half open, open", async () => {
  const b = { ...zeros(8), data: Float64Array.of(-4, -4, 4, 0, 0, 0, 1, 1) }; // i shut, f open in one unit, g 0, o between
  const net = sequential([input({ shape: [3, 2] }), lstm({ units: 2 })]).withWeights({
    lstm: { wx: zeros(2, 8), wh: zeros(2, 8), b },
  } as never);
  await using trainer = await net.compile({ backend, dtype: "f64" });
  const gates = await gateStatistics(trainer, normal(1, 4, 3, 2));
  expect(gates.map(({ layer, gate: name }) => `${layer} ${name}`)).toEqual(["lstm input", "lstm forget", "lstm output"]);
  const [i, f, o] = gates;
  expect(i).toMatchObject({ low: 1, high: 0, saturated: 1, mean: expect.closeTo(sigma(-4), 12) });
  expect(f).toMatchObject({ low: 0, high: 0.5, saturated: 0.5, units: [expect.closeTo(sigma(4), 12), expect.closeTo(0.5, 12)] });
  expect(o).toMatchObject({ low: 0, high: 0, saturated: 0, mean: expect.closeTo(sigma(1), 12) });
});

test("steps that do not count are left out, both directions are told apart, and a cell of one's own names its gate", async () => {
  const own = cell({
    name: "own",
    weights: ({ input, units }) => ({ w: { axes: { input, units }, init: "glorotUniform" } }),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step({ w }, x, { h }) {
      const open = gate("leak", sigmoid(x.dot(w)));
      const next = open.mul(h).add(open);
      return { output: next, state: { h: next } };
    },
  });
  const net = sequential([
    input({ shape: [3, 2] }),
    bidirectional(gru({ units: 2, returnSequences: true, name: "inner" })),
    mgu({ units: 2, returnSequences: true }),
    simpleRNN({ units: 2, returnSequences: true }),
    recurrent(own)({ units: 1 }),
  ]);
  await using trainer = await net.compile({ backend, dtype: "f64" });
  const x = normal(1, 2, 3, 2);
  const gates = await gateStatistics(trainer, x, { lengths: [2, 1] });
  expect(gates.map(({ layer, direction, gate: name }) => `${layer} ${direction} ${name}`)).toEqual([
    "bidirectional forward update",
    "bidirectional forward reset",
    "bidirectional backward update",
    "bidirectional backward reset",
    "mgu forward forget",
    "own forward leak",
  ]);
  const wild = { ...x, data: Float64Array.from(x.data, (v, i) => ([2, 4, 5].includes(Math.floor(i / 2)) ? 1e6 : v)) };
  expect(await gateStatistics(trainer, wild, { lengths: [2, 1] })).toEqual(gates);
  await expect(gateStatistics(trainer, x, { rows: 3 } as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});

test("units that are 0 for all rows are silent, those that never change are constant", async () => {
  const kernel = { ...zeros(2, 4), data: Float64Array.of(1, 0, 0, -1, 1, 0, 0, 2) };
  const bias = { ...zeros(4), data: Float64Array.of(0, -1, 3, 0) };
  const net = sequential([
    input({ shape: [2] }),
    dense({ units: 4, activation: "relu", name: "hidden" }),
    relu({ name: "again" }),
  ]).withWeights({
    hidden: { kernel, bias },
  } as never);
  await using trainer = await net.compile({ backend, dtype: "f64" });
  expect(await deadUnits(trainer, normal(2, 50, 2))).toEqual([
    { layer: "hidden", kind: "dense", units: 4, silent: [1], constant: [2] },
    { layer: "again", kind: "relu", units: 4, silent: [1], constant: [2] },
  ]);
});

test("what a recurrent layer gives at steps that do not count wakes no unit", async () => {
  const net = sequential([input({ shape: [3, 1] }), simpleRNN({ units: 2, returnSequences: true, activation: "relu" })]);
  const weights = {
    simpleRNN: { wx: { ...zeros(1, 2), data: Float64Array.of(1, 0) }, wh: zeros(2, 2), b: { ...zeros(2), data: Float64Array.of(0, 5) } },
  };
  await using trainer = await net.withWeights(weights as never).compile({ backend, dtype: "f64" });
  const x = [
    [[1], [2], [9]],
    [[3], [0], [0]],
  ];
  expect(await deadUnits(trainer, x, { lengths: [2, 1] })).toEqual([
    { layer: "simpleRNN", kind: "simpleRNN", units: 2, silent: [], constant: [1] },
  ]);
});

test("sgd moves a weight by its rate times its gradient, and a weight of zeros has no ratio", async () => {
  const net = sequential([input({ shape: [2] }), dense({ units: 1 })]);
  await using trainer = await net.compile({ backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse", dtype: "f64" });
  const before = await trainer.weights();
  const x = [[1, 2]],
    y = [[3]];
  const { kernel } = (before as unknown as Record<string, Record<string, HostArray>>)["dense"]!;
  const error = 2 * (Number(kernel!.data[0]) + 2 * Number(kernel!.data[1]) - 3);
  await trainer.fit({ x, y }, { epochs: 1 });
  const [kernels, bias] = updateRatios(before, await trainer.weights());
  expect(kernels).toMatchObject({ weight: "dense.kernel", update: expect.closeTo(Math.abs(0.1 * error) * Math.sqrt(5), 12) });
  expect(kernels!.ratio).toBeCloseTo(kernels!.update / kernels!.norm, 15);
  expect(bias).toMatchObject({ weight: "dense.bias", update: expect.closeTo(Math.abs(0.1 * error), 12), norm: 0, ratio: null });
  expect(updateRatios(before, before).map(({ update }) => update)).toEqual([0, 0]);
  await using other = await sequential([input({ shape: [3] }), dense({ units: 1 })]).compile({ backend, optimizer: adam({}), loss: "mse" });
  const unlike = await other.weights();
  expect(() => updateRatios(before, unlike)).toThrow("dense.kernel");
});
