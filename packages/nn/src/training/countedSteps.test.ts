// Where masks meet data, other layers and losses: what was once wrong, and the edges.
import { sqrt, square, sum } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import {
  attention,
  dense,
  embedding,
  gru,
  input,
  layer,
  lstm,
  masked,
  model,
  sequential,
  sgd,
  simpleRNN,
  type Loss,
  type Spec,
} from "../index.ts";

const backend = await open();
afterAll(() => backend.close());
const options = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse", dtype: "f64", seed: 1 } as const;
const wave = (...shape: readonly number[]) => {
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1));
  return { dtype: "f64", shape, data } as const;
};

test("a model that reads sequences of unlike steps is a layer of another, with the masks of both", async () => {
  const translate = () => {
    const [source, target] = [input({ shape: [5, 2] }), input({ shape: [3, 2] })];
    const memory = gru({ units: 2, returnSequences: true })(source);
    const next = dense({ units: 1 })(attention()(gru({ units: 2, returnSequences: true })(target), { value: memory }));
    return model({ inputs: { source, target }, outputs: next, name: "translate" });
  };
  const [source, target] = [input({ shape: [5, 2] }), input({ shape: [3, 2] })];
  const nested = model({ inputs: { source, target }, outputs: translate()({ source, target }) });
  const data = { x: { source: wave(2, 5, 2), target: wave(2, 3, 2) }, y: wave(2, 3, 1), lengths: { source: [5, 2], target: [1, 3] } };
  const [inner, outer] = [await translate().compile(options), await nested.compile(options)];
  outer.setWeights({ translate: await inner.weights() });
  expect(await outer.evaluate(data)).toEqual(await inner.evaluate(data));
  expect(await outer.predict(data.x, { lengths: data.lengths })).toEqual(await inner.predict(data.x, { lengths: data.lengths }));
});

test("a mask says only which steps count, whatever numbers it holds", async () => {
  const counting = (unit: number) =>
    layer({
      kind: "counting",
      config: {},
      build: (x) => ({ output: x, weights: {}, apply: (_, given, { mask }) => masked(given, mask?.mul(unit)) }),
    });
  const data = { x: wave(3, 4, 2), y: wave(3, 4, 1), lengths: [4, 1, 2] };
  const evaluated = [1, 3, -0.25].map(async (unit) => {
    using trainer = await sequential([counting(unit), gru({ units: 2, returnSequences: true }), dense({ units: 1 })]).compile(options);
    return await trainer.evaluate(data);
  });
  const [one, ...others] = await Promise.all(evaluated);
  expect(others).toEqual([one, one]);
});

test("of two sequences together the steps count that count in both, in targets too", async () => {
  const added = layer<{ readonly a: Spec; readonly b: Spec }>({
    kind: "added",
    takes: ["a", "b"],
    config: {},
    build: ({ a }) => ({ output: a, weights: {}, apply: (_, x) => x.a.add(x.b) }),
  });
  const [a, b] = [input({ shape: [3, 1] }), input({ shape: [3, 1] })];
  using trainer = await model({ inputs: { a, b }, outputs: added({ a, b }) }).compile(options);
  const x = { a: [[[1], [2], [3]]], b: [[[4], [5], [6]]] };
  const y = [[[5], [Number.NaN], [Number.NaN]]];
  for (const lengths of [{ a: [1] }, { b: [1] }, { a: [2], b: [1] }, { a: [1], b: [3] }])
    expect(await trainer.evaluate({ x, y, lengths })).toEqual({ loss: 0 });
  await expect(trainer.evaluate({ x, y, lengths: { a: [2] } })).rejects.toThrow(expect.objectContaining({ code: "NOT_FINITE" }));
});

test("lengths of what has no steps are refused, and so is data of which no step counts", async () => {
  using flat = await sequential([dense({ units: 1 })]).compile(options);
  const refused = flat.evaluate({ x: wave(2, 3), y: wave(2, 1), lengths: [1, 2] });
  await expect(refused).rejects.toThrow("a sample of x has no steps");
  using steps = await sequential([gru({ units: 1, returnSequences: true })]).compile(options);
  const data = { x: wave(2, 3, 1), y: wave(2, 3, 1) };
  for (const nothing of [{ lengths: [0, 0] }, { lengths: [0, 2], sampleWeight: [1, 0] }])
    await expect(steps.fit({ ...data, ...nothing }, { epochs: 1 })).rejects.toThrow(expect.objectContaining({ code: "EMPTY_DATA" }));
  expect(Object.values(await steps.evaluate({ ...data, lengths: [0, 2] })).every(Number.isFinite)).toBe(true);
});

test("a loss whose derivative is infinite at zeros learns from the steps that count", async () => {
  const distance: Loss = { name: "distance", target: (shape) => ({ dtype: "float", shape }), perSample: (y, output) => sqrt(sum(square(output.sub(y)), -1)) }; // prettier-ignore
  using trainer = await sequential([input({ shape: [3, 1] }), gru({ units: 2, returnSequences: true }), dense({ units: 2 })]).compile({
    ...options,
    loss: distance,
  });
  const before = await trainer.weights();
  const { epochs } = await trainer.fit({ x: wave(2, 3, 1), y: wave(2, 3, 2), lengths: [2, 3] }, { epochs: 2 });
  expect(epochs.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  expect(await trainer.weights()).not.toEqual(before);
});

test("a sequence whose steps do not count in its midst is turned round with them", async () => {
  const way = { units: 2, returnSequences: true } as const;
  const tokens = (...rows: readonly number[][]) => ({ dtype: "i32", shape: [rows.length, rows[0]!.length], data: Int32Array.from(rows.flat()) }) as const; // prettier-ignore
  const run = async (x: ReturnType<typeof tokens>) => {
    using trainer = await sequential([embedding({ inputDim: 4, outputDim: 2, maskIndex: 0 }), simpleRNN({ ...way, goBackwards: true }), lstm({ units: 2 })]).compile(options); // prettier-ignore
    await trainer.predict(x);
    const weights = await trainer.weights();
    trainer.setWeights({ ...weights, embedding: { embeddings: wave(4, 2) } });
    return [...(await trainer.predict(x)).data];
  };
  const whole = await run(tokens([1, 2, 3]));
  for (const holes of [[1, 2, 3, 0, 0], [0, 1, 2, 3, 0], [1, 0, 2, 0, 3], [0, 0, 1, 2, 3]]) expect(await run(tokens(holes))).toEqual(whole); // prettier-ignore
});

test("a stateful layer goes on from the last step that counted, row by row", async () => {
  const carried = (stateful: boolean) => sequential([gru({ units: 2, stateful }), dense({ units: 1 })]);
  const [parts, whole] = [await carried(true).compile(options), await carried(false).compile(options)];
  const rows = wave(2, 5, 1).data; // two sequences of 5 steps, and of 3
  const [first, second] = [[...rows.subarray(0, 5)], [...rows.subarray(5, 8)]];
  const padded = (steps: readonly number[]) => [...steps, Number.NaN, Number.NaN, Number.NaN].slice(0, 3).map((v) => [v]);
  const cut = [padded(first.slice(0, 3)), padded(second.slice(0, 1)), padded(first.slice(3)), padded(second.slice(1))];
  await whole.predict(wave(1, 5, 1));
  await parts.predict(wave(1, 5, 1));
  parts.setWeights(await whole.weights());
  const given = await parts.predict(cut, { lengths: [3, 1, 2, 2], batchSize: 2 });
  const last = async (row: readonly number[]) => (await whole.predict([row.map((v) => [v])])).data[0]!;
  expect(given.data[2]).toBeCloseTo(await last(first), 12);
  expect(given.data[3]).toBeCloseTo(await last(second), 12);
});

test("the whole loss is the sum of its parts, each over what counts of its output, whatever the batches", async () => {
  const x = input({ shape: [3, 1] });
  const body = gru({ units: 2, returnSequences: true })(x);
  const heads = model({ inputs: x, outputs: { steps: dense({ units: 1 })(body), whole: dense({ units: 1 })(gru({ units: 2 })(body)) } });
  const data = { x: wave(3, 3, 1), y: { steps: wave(3, 3, 1), whole: wave(3, 1) }, lengths: [3, 1, 0] };
  const penalty = { weights: "gru.wx", l2: 0.1 };
  using trainer = await heads.compile({ ...options, loss: { steps: "mse", whole: "mae" }, lossWeights: { whole: 0.5 }, groups: [penalty] });
  const [one, all] = [await trainer.evaluate(data, { batchSize: 1 }), await trainer.evaluate(data, { batchSize: 3 })];
  for (const name of ["loss", "stepsLoss", "wholeLoss"] as const) expect(one[name]).toBeCloseTo(all[name], 12);
  const { wx } = (await trainer.weights())["gru"] as unknown as { readonly wx: { readonly data: Float64Array } };
  const price = 0.1 * wx.data.reduce((total, w) => total + w * w, 0);
  expect(all.loss).toBeCloseTo(all.stepsLoss + 0.5 * all.wholeLoss + price, 12);
});
