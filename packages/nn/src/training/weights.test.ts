// How much samples, steps and classes count.
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { dense, gru, input, lstm, model, sequential, sgd, type ClassWeight } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());
const wave = (...shape: readonly number[]) => {
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1));
  return { dtype: "f64", shape, data } as const;
};
const base = { backend, optimizer: sgd({ learningRate: 0.1 }), dtype: "f64", seed: 1 } as const;
const steps = (loss: "mse" | "sparseCategoricalCrossentropy" = "mse", units = 1) =>
  sequential([gru({ units: 2, returnSequences: true }), dense({ units })]).compile({ ...base, loss, metrics: loss === "mse" ? ["mae"] : ["accuracy"] }); // prettier-ignore

test("measures of steps that weigh are Σ w·m / Σ w over all of them, in batches of any size", async () => {
  using trainer = await steps();
  const [x, y] = [wave(3, 4, 2), wave(3, 4, 1)];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 4 }), { minLength: 12, maxLength: 12 }),
      fc.integer({ min: 1, max: 3 }),
      async (w, batchSize) => {
        fc.pre(w.some((one) => one > 0));
        const sampleWeight = [w.slice(0, 4), w.slice(4, 8), w.slice(8)];
        const { loss, mae } = await trainer.evaluate({ x, y, sampleWeight }, { batchSize });
        const errors = [...(await trainer.predict(x)).data].map((z, i) => z - y.data[i]!);
        const mean = (values: readonly number[]) => values.reduce((sum, v, i) => sum + w[i]! * v, 0) / w.reduce((a, b) => a + b, 0);
        expect(loss).toBeCloseTo(mean(errors.map((e) => e * e)), 12);
        expect(mae).toBeCloseTo(mean(errors.map(Math.abs)), 12);
      },
    ),
    { numRuns: 8 },
  );
});

test("a step that weighs nothing is one past its length, in training too, and weights and lengths go together", async () => {
  const [weighed, cut, both] = [await steps(), await steps(), await steps()];
  const [x, y] = [wave(4, 3, 2), wave(4, 3, 1)];
  const lengths = [3, 1, 2, 3];
  const upTo = (counted: readonly number[]) => counted.map((length) => [0, 1, 2].map((step) => (step < length ? 1 : 0)));
  const past = upTo(lengths).map((row, i) => row.map((w, step) => (step < Math.max(2, lengths[i]!) ? w : Number.NaN))); // what is not looked at
  const fitting = { epochs: 2, batchSize: 2, shuffle: false };
  const want = await cut.fit({ x, y, lengths }, fitting);
  const got = await weighed.fit({ x, y, sampleWeight: upTo(lengths) }, fitting);
  const joint = await both.fit({ x, y, lengths: lengths.map((length) => Math.max(2, length)), sampleWeight: past }, { ...fitting, bucketBoundaries: [2, 3] }); // prettier-ignore
  got.epochs.forEach(({ loss }, i) => expect(loss).toBeCloseTo(want.epochs[i]!.loss, 12));
  expect(joint.epochs.every(({ loss, mae }) => Number.isFinite(loss) && Number.isFinite(mae))).toBe(true);
});

test("outputs have weights by name, of samples or of steps", async () => {
  const x = input({ shape: [3, 2] });
  const body = gru({ units: 2, returnSequences: true })(x);
  const heads = model({ inputs: x, outputs: { each: dense({ units: 1 })(body), last: dense({ units: 1 })(lstm({ units: 2 })(body)) } });
  using trainer = await heads.compile({ ...base, loss: { each: "mse", last: "mse" } });
  const data = { x: wave(3, 3, 2), y: { each: wave(3, 3, 1), last: wave(3, 1) } };
  const some = await trainer.evaluate({ ...data, sampleWeight: { each: [[1, 0, 2], [0, 0, 0], [1, 1, 1]], last: [1, 0, 3] } }); // prettier-ignore
  const predicted = await trainer.predict(data.x);
  const errors = (output: "each" | "last") => [...predicted[output].data].map((z, i) => (z - data.y[output].data[i]!) ** 2);
  const [e, l] = [errors("each"), errors("last")];
  expect(some.eachLoss).toBeCloseTo((e[0]! + 2 * e[2]! + e[6]! + e[7]! + e[8]!) / 6, 12);
  expect(some.lastLoss).toBeCloseTo((l[0]! + 3 * l[2]!) / 4, 12);
  expect(some.loss).toBeCloseTo(some.eachLoss + some.lastLoss, 12);
  const shared = await trainer.evaluate({ ...data, sampleWeight: [2, 0, 1] });
  expect(shared.lastLoss).toBeCloseTo((2 * l[0]! + l[2]!) / 3, 12);
  await expect(trainer.evaluate({ ...data, sampleWeight: { other: [1, 1, 1] } as never })).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
});

test("class weights are sample weights of the labels, and validation does without", async () => {
  const labels = [0, 2, 1, 0, 0, 2];
  const x = wave(6, 2);
  const hot = labels.map((label) => [0, 1, 2].map((c) => (c === label ? 1 : 0)));
  const fitting = { epochs: 2, shuffle: false, batchSize: 4 };
  const make = (loss: "sparseCategoricalCrossentropy" | "categoricalCrossentropy" | "binaryCrossentropy", units = 3) =>
    sequential([dense({ units })]).compile({ ...base, loss, metrics: ["accuracy"] });
  const given: readonly (readonly [ClassWeight, readonly number[]])[] = [
    [[1, 5, 0.5], labels.map((label) => [1, 5, 0.5][label]!)],
    [{ 1: 3 }, labels.map((label) => (label === 1 ? 3 : 1))],
    ["balanced", labels.map((label) => [6 / (3 * 3), 6 / (3 * 1), 6 / (3 * 2)][label]!)], // scikit-learn: n_samples / (n_classes · bincount(y))
  ];
  for (const [classWeight, sampleWeight] of given) {
    const [one, sparse, dense1] = [await make("sparseCategoricalCrossentropy"), await make("sparseCategoricalCrossentropy"), await make("categoricalCrossentropy")]; // prettier-ignore
    const want = await one.fit({ x, y: labels, sampleWeight }, { ...fitting, validationData: { x, y: labels } });
    expect(await sparse.fit({ x, y: labels }, { ...fitting, classWeight, validationData: { x, y: labels } }).then(losses)).toEqual(losses(want)); // prettier-ignore
    const close = await dense1.fit({ x, y: hot }, { ...fitting, classWeight, validationData: { x, y: hot } }).then(losses);
    close.forEach((value, i) => expect(value).toBeCloseTo(losses(want)[i]!, 12));
  }
  const [one, other] = [await make("binaryCrossentropy", 1), await make("binaryCrossentropy", 1)];
  const bits = labels.map((label) => (label > 0 ? 1 : 0));
  const want = await one.fit({ x, y: bits, sampleWeight: bits.map((bit) => 1 + 2 * bit) }, fitting);
  expect(await other.fit({ x, y: bits }, { ...fitting, classWeight: { 1: 3 } }).then(losses)).toEqual(losses(want));
});

test("class weights of steps multiply what steps and samples weigh, and are balanced over what counts", async () => {
  const [one, other] = [await steps("sparseCategoricalCrossentropy", 2), await steps("sparseCategoricalCrossentropy", 2)];
  const x = wave(3, 3, 2);
  const y = [[0, 1, 0], [1, 0, 7], [0, 0, 0]]; // prettier-ignore
  const lengths = [3, 2, 0];
  const balanced = [4 / (2 * 3), 4 / (2 * 1)]; // of 0, 1, 0 and 0: the label between weighs nothing
  const sampleWeight = [[1, 2, 1], [0, 3, 1], [1, 1, 1]]; // prettier-ignore
  const product = y.map((row, i) => row.map((label, step) => (balanced[label] ?? 1) * sampleWeight[i]![step]!));
  const fitting = { epochs: 2, shuffle: false };
  const want = await one.fit({ x, y, lengths, sampleWeight: product }, fitting);
  const got = await other.fit({ x, y, lengths, sampleWeight }, { ...fitting, classWeight: "balanced" });
  losses(got).forEach((value, i) => expect(value).toBeCloseTo(losses(want)[i]!, 12));
});

test("weights that are none are refused by name", async () => {
  const labelled = await sequential([dense({ units: 3 })]).compile({ ...base, loss: "sparseCategoricalCrossentropy" });
  const fit = (options: object) => labelled.fit({ x: wave(4, 2), y: [0, 1, 2, 0], ...options }, { epochs: 1, ...options });
  for (const classWeight of [[1, 2], { 3: 1 }, { 0: -1 }, { 0: "1" }, "even", [1, 2, Number.NaN]])
    await expect(labelled.fit({ x: wave(4, 2), y: [0, 1, 2, 0] }, { epochs: 1, classWeight } as never)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("classWeight") }); // prettier-ignore
  await expect(labelled.fit({ x: wave(4, 2), y: [0, 1, 2, 0] }, { epochs: 1, classWeight: [0, 0, 0] })).rejects.toMatchObject({ code: "EMPTY_DATA" }); // prettier-ignore
  await expect(fit({}).then(() => labelled.evaluate({ x: wave(4, 2), y: [0, 1, 2, 0], sampleWeight: [[1], [1], [1], [1]] }))).rejects.toMatchObject({ code: "SHAPE_MISMATCH" }); // prettier-ignore
  const plain = await sequential([dense({ units: 1 })]).compile({ ...base, loss: "mse" });
  await expect(plain.fit({ x: wave(4, 2), y: wave(4, 1) }, { epochs: 1, classWeight: [1, 2] })).rejects.toMatchObject({ message: expect.stringContaining("are none") }); // prettier-ignore
  using trainer = await steps();
  const data = { x: wave(2, 3, 2), y: wave(2, 3, 1) };
  await expect(trainer.evaluate({ ...data, sampleWeight: [[0, 0, 0], [0, 0, 0]] })).rejects.toMatchObject({ code: "EMPTY_DATA" }); // prettier-ignore
  await expect(trainer.evaluate({ ...data, sampleWeight: [[1, 1], [1, 1]] })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" }); // prettier-ignore
  await expect(trainer.evaluate({ ...data, sampleWeight: [[1, 1, -1], [1, 1, 1]] })).rejects.toMatchObject({ code: "INDEX_OUT_OF_RANGE" }); // prettier-ignore
});

function losses({
  epochs,
}: {
  readonly epochs: readonly { readonly loss: number; readonly valLoss?: number; readonly accuracy?: number }[];
}) {
  return epochs.flatMap(({ loss, valLoss = 0, accuracy = 0 }) => [loss, valLoss, accuracy]);
}
