// Models whose state goes on from batch to batch: truncated back-propagation through time.
import { hostArray, type HostArray, leavesOf, lstm as cell, recurrence, square } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { adam, dense, deserialize, gru, input, learn, lstm, sequential, serialize, sgd } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());
const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });

const [rows, window, windows, features, units] = [2, 3, 4, 2, 3] as const;
const value = (row: number, t: number, f: number) => Math.sin(1.3 * row + 0.7 * t + 2 * f + 1) / 2;
/** Windows of `length`, `stride` apart: batch k holds the k-th of each row. */
const cut = (stride: number, length: number, count: number) =>
  Array.from({ length: count * rows }, (_, i) => {
    const [k, row] = [Math.floor(i / rows), i % rows];
    return Array.from({ length }, (_, t) => Array.from({ length: features }, (_, f) => value(row, k * stride + t, f)));
  });

test("predict goes on from batch to batch, as one run over it all, and begins anew with each call", async () => {
  const stateful = sequential([
    lstm({ units, returnSequences: true, stateful: true }),
    gru({ units, stateful: true, returnSequences: true }),
  ]);
  const whole = sequential([lstm({ units, returnSequences: true }), gru({ units, returnSequences: true })]);
  using a = await stateful.compile({ backend, dtype: "f64", seed: 1 });
  using b = await whole.compile({ backend, dtype: "f64", seed: 1 });
  const got = await a.predict(cut(window, window, windows), { batchSize: rows });
  const all = await b.predict(Array.from({ length: rows }, (_, row) => Array.from({ length: window * windows }, (_, t) => Array.from({ length: features }, (_, f) => value(row, t, f))))); // prettier-ignore
  got.data.forEach((v, i) => {
    const [sample, t, u] = [Math.floor(i / (window * units)), Math.floor(i / units) % window, i % units];
    const [k, row] = [Math.floor(sample / rows), sample % rows];
    expect(v).toBeCloseTo(all.data[(row * window * windows + k * window + t) * units + u]!, 12);
  });
  expect(await a.predict(cut(window, window, windows), { batchSize: rows })).toEqual(got);
});

for (const [title, stride, carrySteps] of [
  ["windows that follow one another", window, undefined],
  ["windows that overlap: k1 < k2", 1, 1],
] as const) {
  test(`fit is truncated back-propagation through time, as a learner of the same cell does it: ${title}`, async () => {
    const x = cut(stride, window, windows),
      y = x.map((steps) => steps.map(([a]) => [a! * 2]));
    const options = carrySteps === undefined ? {} : { carrySteps };
    const layers = [lstm({ units, returnSequences: true, stateful: true, ...options }), dense({ units: 1 })];
    using trainer = await sequential(layers).compile({
      backend,
      optimizer: sgd({ learningRate: 0.1 }),
      loss: "mse",
      dtype: "f64",
      seed: 5,
    });
    await trainer.predict(x); // makes the weights
    const start = await trainer.weights();
    const { epochs } = await trainer.fit({ x, y }, { epochs: 1, batchSize: rows, shuffle: false });
    const end = await trainer.weights();

    const run = recurrence(cell());
    using learner = await learn(backend, {
      weights: {
        lstm: run.weights({ input: features, units }),
        dense: { kernel: { axes: { units, out: 1 }, init: "zeros" }, bias: { axes: { out: 1 }, init: "zeros" } },
      },
      inputs: { x: "float", y: "float" },
      state: { h: hostArray(zeros()), c: hostArray(zeros()) },
      optimizer: sgd({ learningRate: 0.1 }),
      dtype: "f64",
      loss: (w, { x, y }, { state }) => {
        const loss = square(run.run(w.lstm, x, { state }).outputs.dot(w.dense.kernel).add(w.dense.bias).sub(y)).mean();
        return { loss, state: run.run(w.lstm, x.slice(1, 0, carrySteps ?? window), { state }).state };
      },
    });
    await learner.setWeights(start as never); // of the same names
    for (let k = 0; k < windows; k++) await learner.step({ x: x.slice(k * rows, (k + 1) * rows), y: y.slice(k * rows, (k + 1) * rows) });
    expect(epochs[0]?.loss).toBeCloseTo((await learner.measures()).loss, 12);
    const wanted = leavesOf(await learner.weights(), isArray);
    const got = new Map(leavesOf(end, isArray));
    for (const [path, leaf] of wanted)
      (leaf as HostArray).data.forEach((v, i) => expect((got.get(path) as HostArray).data[i]).toBeCloseTo(v, 12));
  });
}
const zeros = () => Array.from({ length: rows }, () => new Float64Array(units));
const isArray = (value: unknown): boolean => typeof value === "object" && value !== null && "data" in value;

test("a fit that is cut short in an epoch goes on with the state it had, also from a file", async () => {
  const x = cut(window, window, 6),
    y = x.map((steps) => [steps[0]![0]!]);
  const make = () => sequential([input({ shape: [window, features] }), lstm({ units, stateful: true, dropout: 0.2 }), dense({ units: 1 })]);
  const options = { backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", seed: 3 } as const;
  const fit = { batchSize: rows, shuffle: false } as const;
  using whole = await make().compile(options);
  const { epochs } = await whole.fit({ x, y }, { ...fit, epochs: 3 });
  using cutShort = await make().compile(options);
  const stop = new AbortController();
  let seen = 0;
  const first = await cutShort.fit(
    { x, y },
    { ...fit, epochs: 3, signal: stop.signal, onProgress: () => (++seen === 2 ? stop.abort() : undefined) },
  );
  using resumed = await deserialize(await serialize(cutShort, { optimizer: true })).compile(options);
  const rest = await resumed.fit({ x, y }, { ...fit, epochs: 3 - first.epochs.length });
  expect([...first.epochs, ...rest.epochs].map(({ loss }) => loss)).toEqual(epochs.map(({ loss }) => loss));
  expect(await resumed.weights()).toEqual(await whole.weights());
});

test("what makes no sense with a state that goes on is refused", async () => {
  const x = cut(window, window, 2),
    y = [0, 1, 2, 3];
  using trainer = await sequential([lstm({ units: 1, stateful: true })]).compile({ backend, optimizer: sgd(), loss: "mse" });
  await expect(trainer.fit({ x, y }, { epochs: 1 })).rejects.toThrow(refused("shuffle: false"));
  for (const layer of [
    lstm({ units: 1, carrySteps: 1 }),
    lstm({ units: 1, stateful: true, carrySteps: 4 }),
    lstm({ units: 1, stateful: true, goBackwards: true, carrySteps: 1 }),
  ])
    // prettier-ignore
    expect(() => sequential([layer]).summary([window, features])).toThrow(refused("carrySteps"));
  expect(() => sequential([lstm({ units: 1, stateful: true, initialState: "learnt" })]).summary([window, features])).toThrow(
    refused("another start"),
  );
});
