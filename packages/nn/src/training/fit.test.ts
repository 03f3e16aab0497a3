import { type Backend, type HostArray, SluiceError } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { gru } from "../layers/gru.ts";
import { input } from "../layers/input.ts";
import type { Loss } from "../losses/loss.ts";
import { meanSquaredError } from "../measures/meanSquaredError.ts";
import { sequential } from "../models/sequential.ts";
import { adam } from "../optimizers/adam.ts";
import { sgd } from "../optimizers/sgd.ts";
import type { Model } from "../model/model.ts";
import type { CompileOptions, Data, EpochLog, Progress } from "../model/options.ts";

const backend: Backend = await open();
afterAll(() => backend.close());

/** y = 2·x − 1, eleven samples: with batches of 4 the last one is short. */
const line: Data = { x: Array.from({ length: 11 }, (_, i) => [i / 10]), y: Array.from({ length: 11 }, (_, i) => [i / 5 - 1]) };
const straight = () => sequential([dense({ units: 1 })], { name: "line" });
const options = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse", dtype: "f64", seed: 3 } as const satisfies CompileOptions;
const withMasks = () => sequential([dense({ units: 4, activation: "tanh" }), dropout({ rate: 0.5 }), dense({ units: 1 })]);

test("a line is learnt", async () => {
  const trainer = await straight().compile({ ...options, optimizer: sgd({ learningRate: 0.5 }), metrics: ["mae"] });
  const { epochs, ended } = await trainer.fit(line, { epochs: 60, batchSize: 4, validationData: line });
  expect(ended).toBe("epochs");
  expect(epochs).toHaveLength(60);
  expect(epochs.at(-1)).toMatchObject({
    epoch: 60,
    loss: expect.closeTo(0, 3),
    valLoss: expect.closeTo(0, 3),
    mae: expect.closeTo(0, 1),
    valMae: expect.closeTo(0, 1),
  });
  const { dense: fitted } = await trainer.weights();
  expect(fitted.kernel).toMatchObject({ shape: [1, 1], dtype: "f64", axes: ["features", "units"] });
  expect(fitted.kernel.data[0]).toBeCloseTo(2, 1);
  expect(fitted.bias?.data[0]).toBeCloseTo(-1, 1);
  trainer.dispose();
});

test("a recurrent classifier learns which symbol came first", async () => {
  const sequences = [0, 1, 2].flatMap((first) =>
    [
      [0, 1],
      [1, 2],
      [2, 0],
      [1, 1],
    ].map((rest) => [first, ...rest]),
  );
  const data = { x: sequences, y: sequences.map(([first]) => first!) };
  const model = sequential([embedding({ inputDim: 3, outputDim: 4 }), gru({ units: 8 }), dense({ units: 3 })]);
  const trainer = await model.compile({
    backend,
    optimizer: adam({ learningRate: 0.05, globalClipNorm: 1 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
  });
  await trainer.fit(data, { epochs: 40, batchSize: 6 });
  expect(await trainer.evaluate(data)).toMatchObject({ accuracy: 1 });
  const scores = await trainer.predict(data.x);
  expect(scores.shape).toEqual([12, 3]);
  data.y.forEach((label, i) => expect(argmax(scores.data.subarray(i * 3, i * 3 + 3))).toBe(label));
  trainer.dispose();
});

test("the same seed gives the same numbers, another one others; also with dropout", async () => {
  const losses = async (seed: number) => {
    const trainer = await withMasks().compile({ ...options, seed });
    const { epochs } = await trainer.fit(line, { epochs: 3, batchSize: 4 });
    return epochs.map(({ loss }) => loss);
  };
  expect(await losses(1)).toEqual(await losses(1));
  expect(await losses(1)).not.toEqual(await losses(2));
});

test("every backend trains on the same masks and orders: cpu ends where reference does", async () => {
  const cpu = await openCpu();
  const [here, there] = [await withMasks().compile(options), await withMasks().compile({ ...options, backend: cpu })];
  await Promise.all([here, there].map((trainer) => trainer.fit(line, { epochs: 5, batchSize: 4 })));
  const [expected, got] = [await here.predict(line.x), await there.predict(line.x)];
  expected.data.forEach((value, i) => expect(got.data[i]).toBeCloseTo(value, 12));
  there.dispose();
  await cpu.close();
});

test("every epoch trains on each sample once, in an order of its own", async () => {
  const seen: number[][] = [];
  const spy: Backend = { ...backend, write: (buffer, data, at) => (record(data, seen), backend.write(buffer, data, at)) };
  const trainer = await sequential([dense({ units: 1, useBias: false })]).compile({
    ...options,
    backend: spy,
    optimizer: sgd({ learningRate: 0 }),
  });
  const marked = { x: Array.from({ length: 12 }, (_, i) => [1000 + i]), y: Array.from({ length: 12 }, () => [0]) };
  await trainer.fit(marked, { epochs: 2, batchSize: 5 });
  await trainer.fit(marked, { epochs: 1, batchSize: 5, shuffle: false });
  const orders = [0, 1, 2].map((epoch) => [...seen.slice(epoch * 3, epoch * 3 + 2), seen[epoch * 3 + 2]!.slice(0, 2)].flat());
  for (const order of orders) expect(order.toSorted((a, b) => a - b)).toEqual(marked.x.flat());
  expect(orders[0]).not.toEqual(orders[1]);
  expect(orders[0]).not.toEqual(marked.x.flat());
  expect(orders[2]).toEqual(marked.x.flat());
});

test("a last batch that is padded trains like one that is not", async () => {
  // The same rows as 4 + 4 + 3 padded, and as three batches of their own sizes.
  const padded = await straight().compile(options);
  await padded.fit(line, { epochs: 1, batchSize: 4, shuffle: false });
  const cut = await straight().compile(options);
  const [x, y] = [line.x as number[][], line.y as number[][]];
  for (const [from, to] of [
    [0, 4],
    [4, 8],
    [8, 11],
  ])
    await cut.fit({ x: x.slice(from, to), y: y.slice(from, to) }, { epochs: 1, shuffle: false });
  expect(await padded.weights()).toEqual(await cut.weights());
});

test("evaluation is the mean by weights, whatever the batches", async () => {
  const trainer = await straight().compile({ ...options, metrics: ["mae"] });
  const predicted = (await trainer.predict(line.x)).data;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 13 }),
      fc.array(fc.nat({ max: 4 }), { minLength: 11, maxLength: 11 }),
      async (batchSize, sampleWeight) => {
        fc.pre(sampleWeight.some((w) => w > 0));
        const errors = (line.y as number[][]).map(([y], i) => predicted[i]! - y!);
        const mean = (each: (error: number) => number) =>
          sampleWeight.reduce((sum, w, i) => sum + w * each(errors[i]!), 0) / sampleWeight.reduce((a, b) => a + b, 0);
        const measured = await trainer.evaluate({ ...line, sampleWeight }, { batchSize });
        expect(measured).toEqual({
          loss: expect.closeTo(
            mean((e) => e * e),
            12,
          ),
          mae: expect.closeTo(mean(Math.abs), 12),
        });
      },
    ),
    { numRuns: 15 },
  );
});

test("predictions do not depend on the batch size", async () => {
  const trainer = await withMasks().compile(options);
  const whole = await trainer.predict(line.x, { batchSize: 11 });
  for (const batchSize of [1, 4, 100]) expect(await trainer.predict(line.x, { batchSize })).toEqual(whole);
  expect(whole).toMatchObject({ dtype: "f64", shape: [11, 1], axes: ["samples", "units"] });
});

test("verbs called at the same time do not disturb each other", async () => {
  const trainer = await straight().compile(options);
  const [alone, measured] = [await trainer.predict(line.x), await trainer.evaluate(line)];
  const other = (line.x as number[][]).map(([x]) => [-x!]);
  const [a, b, c, d] = await Promise.all([trainer.predict(line.x), trainer.predict(other), trainer.evaluate(line), trainer.evaluate(line)]);
  expect([a, c, d]).toEqual([alone, measured, measured]);
  expect(b).not.toEqual(alone);
});

test("progress comes with step, loss, rate and the time left, and ends at the last step", async () => {
  const seen: Progress[] = [];
  const trainer = await straight().compile({ ...options, metrics: ["mae"] });
  const logs: EpochLog[] = [];
  await trainer.fit(line, {
    epochs: 2,
    batchSize: 4,
    onProgress: (progress) => seen.push(progress),
    onEpochEnd: async (log) => void logs.push(log),
  });
  expect(logs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  const last = seen.at(-1)!;
  expect(last).toMatchObject({
    epoch: 2,
    epochs: 2,
    step: 3,
    steps: 3,
    loss: logs[1]!.loss,
    metrics: { mae: logs[1]!["mae"] },
    etaSeconds: 0,
  });
  expect(last.rate).toBeGreaterThan(0);
  for (const progress of seen) expect(progress.etaSeconds).toBeGreaterThanOrEqual(0);
});

test("the best epoch's weights come back, and patience ends a training that gets worse", async () => {
  const rising = sgd({ learningRate: (step) => (step < 6 ? 0.2 : 1.2) }); // from the third epoch on it climbs
  const trainer = await straight().compile({ ...options, optimizer: rising });
  const { epochs, best, ended } = await trainer.fit(line, {
    epochs: 20,
    batchSize: 4,
    validationData: line,
    patience: 2,
    restoreBestWeights: true,
  });
  const losses = epochs.map(({ valLoss }) => valLoss!);
  expect(ended).toBe("patience");
  expect(best!["valLoss"]).toBe(Math.min(...losses));
  expect(epochs).toHaveLength(best!.epoch + 2);
  expect((await trainer.evaluate(line, { batchSize: 4 })).loss).toBe(best!["valLoss"]);
});

test("a metric where higher is better is monitored so", async () => {
  const data = { x: [[-2], [-1], [1], [2]], y: [[0], [0], [1], [1]] };
  const trainer = await straight().compile({
    ...options,
    loss: "binaryCrossentropy",
    metrics: ["accuracy"],
    optimizer: sgd({ learningRate: 1 }),
  });
  const { best, epochs } = await trainer.fit(data, { epochs: 4, validationData: data, monitor: "valAccuracy" });
  expect(best!["valAccuracy"]).toBe(Math.max(...epochs.map((log) => log["valAccuracy"]!)));
});

test("a signal ends training in good order, and training goes on from there", async () => {
  const controller = new AbortController();
  const trainer = await straight().compile(options);
  const stopped = await trainer.fit(line, {
    epochs: 100,
    batchSize: 4,
    signal: controller.signal,
    onEpochEnd: ({ epoch }) => void (epoch === 3 && controller.abort()),
  });
  expect(stopped).toMatchObject({ ended: "signal", best: expect.objectContaining({ epoch: expect.any(Number) as number }) });
  expect(stopped.epochs).toHaveLength(3);
  expect((await trainer.fit(line, { epochs: 1, signal: controller.signal })).epochs).toEqual([]);
  expect((await trainer.fit(line, { epochs: 1 })).ended).toBe("epochs");
});

test("a gradient that is not finite ends training by name, and the weights are sound", async () => {
  const trainer = await straight().compile({ ...options, optimizer: sgd({ learningRate: 1e200 }) });
  const failure = trainer.fit(line, { epochs: 5, batchSize: 4 });
  await expect(failure).rejects.toMatchObject({
    code: "NOT_FINITE",
    facts: { epoch: expect.any(Number), skipped: expect.any(Number) },
    message: expect.stringMatching(/epoch \d+/),
  });
  const weights = await trainer.weights();
  expect(Number.isFinite(weights.dense.kernel.data[0])).toBe(true);
});

test("weights set are weights read, and what does not fit changes nothing", async () => {
  const trainer = await sequential([input({ shape: [1] }), dense({ units: 1 })]).compile(options);
  const before = await trainer.weights();
  const after = { dense: { ...before.dense, bias: { ...before.dense.bias!, data: Float64Array.of(7) } } };
  trainer.setWeights(after);
  expect(await trainer.weights()).toEqual(after);
  expect(() => trainer.setWeights({ dense: { kernel: before.dense.kernel } })).toThrow(code("INVALID_ARGUMENT"));
  expect(() => trainer.setWeights({ dense: { ...before.dense, bias: before.dense.kernel } })).toThrow(code("SHAPE_MISMATCH"));
  expect(await trainer.weights()).toEqual(after);
});

test("weights in nested lists are set as a dataset's are, and refused by the number that is none", async () => {
  const trainer = await sequential([input({ shape: [2] }), dense({ units: 1, useBias: false })]).compile(options);
  const kernel = (data: unknown) => ({ dense: { kernel: { dtype: "f64", shape: [2, 1], data } as HostArray } }); // half the users write JavaScript
  trainer.setWeights(kernel([[1], [2]]));
  expect(await trainer.weights()).toMatchObject({ dense: { kernel: { data: Float64Array.of(1, 2) } } });
  const refused = expect.objectContaining({ code: "NOT_FINITE", facts: { name: "dense.kernel", index: 1, value: Infinity } });
  expect(() => trainer.setWeights(kernel([[1], [Infinity]]))).toThrow(refused);
});

test("a loss of one's own trains like a built-in one", async () => {
  const own: Loss = { name: "own", target: (output) => ({ shape: output, dtype: "float" }), perSample: meanSquaredError.perSample };
  const [a, b] = [await straight().compile({ ...options, loss: own }), await straight().compile(options)];
  await Promise.all([a, b].map((trainer) => trainer.fit(line, { epochs: 2 })));
  expect(await a.weights()).toEqual(await b.weights());
});

test("sequences of another length run on the same weights", async () => {
  const trainer = await sequential([gru({ units: 2 })]).compile(options);
  const [short, long] = [[[[1], [2]]], [[[0.5], [1], [2]]]];
  expect((await trainer.predict(short)).shape).toEqual([1, 2]);
  expect((await trainer.predict(long)).shape).toEqual([1, 2]);
  const wider = { code: "SHAPE_MISMATCH", facts: { weight: "gru.wx", expected: [1, 6], got: [2, 6] } };
  await expect(trainer.predict([[[1, 2]]])).rejects.toThrow(expect.objectContaining(wider));
});

test("what compile cannot make sense of is refused", async () => {
  const compile = (model: Model, given: Partial<CompileOptions>) => model.compile({ ...options, ...given });
  const logits = sequential([input({ shape: [2] }), dense({ units: 3, activation: "sigmoid" })]);
  await expect(compile(logits, { loss: "sparseCategoricalCrossentropy" })).rejects.toThrow(code("INVALID_ARGUMENT"));
  await expect(compile(straight(), { metrics: ["accuracy"] })).rejects.toThrow(code("INVALID_ARGUMENT"));
  const labels = sequential([input({ shape: [2] }), dense({ units: 3 })]);
  await expect(compile(labels, { loss: "sparseCategoricalCrossentropy", metrics: ["mae"] })).rejects.toThrow(code("INVALID_ARGUMENT"));
  await expect(compile(labels, { metrics: ["mae", "mae"] })).rejects.toThrow(code("INVALID_ARGUMENT"));
  const narrow: Backend = { ...backend, supports: { ...backend.supports, dtypes: ["f32"] } };
  await expect(compile(straight(), { backend: narrow })).rejects.toThrow(code("UNSUPPORTED"));
});

test("what fit cannot make sense of is refused before anything runs", async () => {
  const trainer = await straight().compile(options);
  for (const senseless of [{ epochs: 0 }, { batchSize: 2.5 }, { patience: -1 }, { monitor: "valLoss" }]) {
    await expect(trainer.fit(line, { epochs: 1, ...senseless })).rejects.toThrow(code("INVALID_ARGUMENT"));
  }
  await expect(trainer.fit({ x: [], y: [] }, { epochs: 1 })).rejects.toThrow(code("EMPTY_DATA"));
  const validationData = { x: [[Number.NaN]], y: [[0]] };
  await expect(trainer.fit(line, { epochs: 1, validationData })).rejects.toThrow(
    expect.objectContaining({ code: "NOT_FINITE", who: "trainer.fit validationData" }),
  );
  const running = trainer.fit(line, { epochs: 1 });
  await expect(trainer.fit(line, { epochs: 1 })).rejects.toThrow(code("INVALID_ARGUMENT"));
  await running;
});

test("a trainer that only predicts needs no loss and no optimizer, and says what the other verbs miss", async () => {
  const trainer = await straight().compile({ backend });
  await expect(trainer.weights()).rejects.toThrow(code("INVALID_ARGUMENT"));
  expect((await trainer.predict(line.x)).shape).toEqual([11, 1]);
  await expect(trainer.evaluate(line)).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("loss") }),
  );
  const lossOnly = await straight().compile({ backend, loss: "mse" });
  await expect(lossOnly.fit(line, { epochs: 1 })).rejects.toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("optimizer") }),
  );
});

test("a trainer that was disposed, or whose backend is closed, throws DISPOSED from every verb", async () => {
  const own = await open();
  const [disposed, orphan] = [
    await straight().compile({ ...options, backend: own }),
    await straight().compile({ ...options, backend: own }),
  ];
  await Promise.all([disposed, orphan].map((trainer) => trainer.fit(line, { epochs: 1 })));
  disposed.dispose();
  disposed.dispose();
  await own.close();
  for (const trainer of [disposed, orphan]) {
    for (const verb of [
      () => trainer.fit(line, { epochs: 1 }),
      () => trainer.evaluate(line),
      () => trainer.predict(line.x),
      () => trainer.weights(),
    ]) {
      await expect(verb()).rejects.toThrow(code("DISPOSED"));
    }
  }
  await expect(disposed.predict(line.x)).rejects.toThrow(expect.objectContaining({ message: expect.stringContaining('model "line"') }));
});

test("everything a trainer holds is given back, also after errors", async () => {
  let held = 0;
  const counting: Backend = {
    ...backend,
    create: (dtype, length) => (held++, backend.create(dtype, length)),
    destroy: (buffer) => (held--, backend.destroy(buffer)),
  };
  const trainer = await withMasks().compile({ ...options, backend: counting, optimizer: adam() });
  await trainer.fit(line, { epochs: 2, batchSize: 4, validationData: line });
  for (let length = 1; length < 12; length++) await trainer.predict((line.x as number[][]).slice(0, length)); // more shapes than are kept
  const broken: Loss = {
    ...meanSquaredError,
    perSample: () => {
      throw new Error("no");
    },
  };
  const failing = await withMasks().compile({ ...options, backend: counting, loss: broken });
  await expect(failing.evaluate(line)).rejects.toThrow("no");
  trainer.dispose();
  failing.dispose();
  expect(held).toBe(0);
});

function code(expected: SluiceError["code"]) {
  return expect.objectContaining({ code: expected }) as SluiceError;
}

function argmax(values: ArrayLike<number>): number {
  return Array.from(values).reduce((best, value, i, all) => (value > all[best]! ? i : best), 0);
}

/** Batches of the marked samples, as they are written. */
function record(data: ArrayLike<number>, into: number[][]): void {
  if (data.length === 5 && data[0]! >= 1000) into.push(Array.from(data));
}
