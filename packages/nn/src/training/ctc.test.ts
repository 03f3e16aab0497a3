// Sequences of labels learnt by CTC: whole sequences with the mask of their steps, labels as wide as the data.
import { open } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { adam, bidirectional, ctc, dense, input, lstm, model, sequential, type Data, type Loss, type Metric } from "../index.ts";
import { labels, lengths, logits, losses } from "../testing/ctcFigures.ts";

const backend = await open();
afterAll(() => backend.close());

const [steps, classes] = [6, 5];
const same = (loss: Loss | "ctc" = ctc) => {
  const x = input({ shape: [steps, classes] });
  return model({ inputs: x, outputs: dense({ units: classes, useBias: false })(x) }).compile({
    backend,
    loss,
    optimizer: adam(),
    dtype: "f64",
  });
};
/** What comes in goes out. */
const unit = { dense: { kernel: { dtype: "f64", shape: [classes, classes], data: Float64Array.from({ length: classes * classes }, (_, i) => Number(i % (classes + 1) === 0)) } } } as const; // prettier-ignore
const figures = { x: logits, y: labels, lengths };
const mean = (values: readonly number[], by: readonly number[] = values.map(() => 1)) =>
  values.reduce((sum, value, i) => sum + value * by[i]!, 0) / by.reduce((sum, weight) => sum + weight, 0);

test("an evaluation is the mean over sequences by their weights, whatever the batches, and what stands past their lengths", async () => {
  using trainer = await same();
  trainer.setWeights(unit);
  const past = {
    ...logits,
    data: logits.data.map((v, i) => (Math.floor(i / classes) % steps < lengths[Math.floor(i / steps / classes)]! ? v : NaN)),
  };
  for (const batchSize of [1, 3, 4])
    for (const x of [logits, past]) expect((await trainer.evaluate({ ...figures, x }, { batchSize })).loss).toBeCloseTo(mean(losses), 12);
  const sampleWeight = [1, 2, 0, 0.5];
  expect((await trainer.evaluate({ ...figures, sampleWeight })).loss).toBeCloseTo(mean(losses, sampleWeight), 12);
});

test("it goes by its name, as it is, and with options that are those it has where they are left out", async () => {
  const fitted = async (loss: Loss | "ctc") => {
    using trainer = await same(loss);
    await trainer.fit(figures, { epochs: 2, batchSize: 2 });
    return trainer.weights();
  };
  const plain = await fitted(ctc);
  expect(await fitted("ctc")).toEqual(plain);
  expect(await fitted(ctc({ blank: 0, zeroInfinity: false, perLabel: false }))).toEqual(plain);
});

test("labels may be of any width, in every call, and one label needs no axis", async () => {
  using trainer = await same();
  trainer.setWeights(unit);
  const wider = labels.map((row) => [...row, 0, 0, 0, 0]);
  expect((await trainer.evaluate({ ...figures, y: wider })).loss).toBeCloseTo(mean(losses), 12);
  const [one, alone] = [await trainer.evaluate({ ...figures, y: [[1], [2], [0], [4]] }), await trainer.evaluate({ ...figures, y: [1, 2, 0, 4] })]; // prettier-ignore
  expect(alone).toEqual(one);
  await expect(trainer.evaluate({ ...figures, y: [[1], [2], [0], [5]] })).rejects.toMatchObject({ code: "INDEX_OUT_OF_RANGE" });
  await expect(trainer.evaluate({ ...figures, y: [[1], [2]] })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
});

test("a fit by buckets, with padding of NaN, comes to the weights of one without", async () => {
  const nan = {
    ...logits,
    data: logits.data.map((v, i) => (Math.floor(i / classes) % steps < lengths[Math.floor(i / steps / classes)]! ? v : NaN)),
  };
  const fitted = async (data: Data, bucketBoundaries?: readonly number[]) => {
    using trainer = await same();
    await trainer.fit(data, { epochs: 2, batchSize: 1, ...(bucketBoundaries && { bucketBoundaries }), shuffle: false });
    return JSON.stringify(await trainer.weights());
  };
  const whole = await fitted(figures);
  expect(await fitted({ ...figures, x: nan })).toBe(whole);
  expect(await fitted({ ...figures, x: nan }, [4, 5])).toBe(whole);
  expect(whole).not.toContain("null"); // as NaN is written
});

test("labels that do not fit end training, or cost nothing where that is asked for", async () => {
  const short = { ...figures, lengths: [6, 5, 2, 3] }; // [1, 1, 3] takes four
  using strict = await same();
  await expect(strict.fit(short, { epochs: 1 })).rejects.toMatchObject({ code: "NOT_FINITE" });
  const without = await strict.fit({ ...short, sampleWeight: [1, 1, 1, 0] }, { epochs: 1 }); // what counts nothing may be anything
  expect(without.epochs).toHaveLength(1);
  using lenient = await same(ctc({ zeroInfinity: true }));
  lenient.setWeights(unit);
  expect((await lenient.evaluate(short)).loss).toBeCloseTo((losses[0]! + losses[1]! + losses[2]!) / 4, 12);
  expect((await lenient.fit(short, { epochs: 1 })).ended).toBe("epochs");
});

test("a metric of the same targets takes the mask too, or is refused where there is one", async () => {
  const count = (takesMask: boolean) => ({ ...ctc, name: takesMask ? "counted" : "odd", better: "lower", takesMask, perSample: (_, z, mask) => (mask ?? z.at(2, 0)).sum(1) }) satisfies Metric; // prettier-ignore
  const compiled = (metric: Metric) => {
    const x = input({ shape: [steps, classes] });
    const outputs = { said: dense({ units: classes, activation: "softmax" })(x) };
    return model({ inputs: x, outputs }).compile({ backend, loss: { said: ctc }, metrics: { said: [metric] } });
  };
  using trainer = await compiled(count(true));
  const data = { ...figures, y: { said: labels } };
  expect(await trainer.evaluate(data)).toMatchObject({ saidCounted: mean(lengths) });
  using refused = await compiled(count(false));
  await expect(refused.evaluate(data)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", who: "odd" });
});

test("a bidirectional LSTM learns what was said, and not when", async () => {
  // Each label is a bump of its own, at a time and of a length of its own.
  const sequence = (i: number) => {
    const said = [1 + (i % 3), 1 + ((i >> 1) % 3)];
    const at = said.flatMap((label, k) => [...Array<number>(1 + ((i + k) % 2)).fill(0), ...Array<number>(1 + ((i >> k) % 2)).fill(label)]);
    return { said, x: Array.from({ length: 8 }, (_, t) => [0, 1, 2].map((k) => Number(at[t] === k + 1))), length: at.length };
  };
  const all = Array.from({ length: 24 }, (_, i) => sequence(i));
  const data = { x: all.map(({ x }) => x), y: all.map(({ said }) => said), lengths: all.map(({ length }) => length) };
  using trainer = await sequential([input({ shape: [8, 3] }), bidirectional(lstm({ units: 8, returnSequences: true })), dense({ units: 4, activation: "softmax" })])
    .compile({ backend, loss: "ctc", optimizer: adam({ learningRate: 0.05 }), seed: 1 }); // prettier-ignore
  const { epochs } = await trainer.fit(data, { epochs: 30, batchSize: 12 });
  expect(epochs.at(-1)!.loss).toBeLessThan(0.2);
  expect(epochs[0]!.loss).toBeGreaterThan(2);
});
