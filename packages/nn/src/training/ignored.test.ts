// Labels that do not count, in training and evaluation.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { dense, gru, input, model, sequential, sgd, sparseCategoricalCrossentropy } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());
const wave = (...shape: readonly number[]) => {
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1));
  return { dtype: "f64", shape, data } as const;
};
const ignoring = sparseCategoricalCrossentropy({ ignoreClass: -1 });
const options = { backend, optimizer: sgd({ learningRate: 0.1 }), metrics: ["accuracy"], dtype: "f64", seed: 1 } as const;

test("samples whose label is ignored change no number but by their place in batches", async () => {
  const make = (loss: typeof ignoring) => sequential([dense({ units: 3 })]).compile({ ...options, loss });
  const [all, some] = [await make(ignoring), await make(ignoring)];
  const x = wave(6, 2);
  const kept = [0, 2, 3, 5];
  const rows = kept.map((row) => [...x.data.subarray(2 * row, 2 * row + 2)]);
  const fitting = { epochs: 3, shuffle: false, batchSize: 6 };
  const one = await all.fit({ x, y: [0, -1, 2, 1, -1, 0], sampleWeight: [1, 5, 2, 1, 7, 1] }, fitting);
  const other = await some.fit({ x: rows, y: [0, 2, 1, 0], sampleWeight: [1, 2, 1, 1] }, fitting);
  one.epochs.forEach(({ loss, accuracy }, i) => {
    expect(loss).toBeCloseTo(other.epochs[i]!.loss, 12);
    expect(accuracy).toBeCloseTo(other.epochs[i]!.accuracy, 12);
  });
  const plain = await sequential([dense({ units: 3 })]).compile({ ...options, loss: "sparseCategoricalCrossentropy" });
  await expect(plain.evaluate({ x, y: [0, -1, 2, 1, -1, 0] })).rejects.toMatchObject({ code: "INDEX_OUT_OF_RANGE" });
  await expect(all.evaluate({ x, y: [0, -2, 2, 1, -1, 0] })).rejects.toMatchObject({ code: "INDEX_OUT_OF_RANGE" });
});

test("steps whose label is ignored are left out as steps past lengths are, in batches of any size", async () => {
  const make = (loss: typeof ignoring | "sparseCategoricalCrossentropy") =>
    sequential([gru({ units: 2, returnSequences: true }), dense({ units: 3, activation: "softmax" })]).compile({ ...options, loss });
  const [byLabel, byLength, both] = [await make(ignoring), await make("sparseCategoricalCrossentropy"), await make(ignoring)];
  const x = wave(3, 4, 2);
  const y = [[0, 1, 2, 1], [2, 0, 0, 0], [1, 1, 0, 2]]; // prettier-ignore
  const lengths = [4, 1, 2];
  const marked = y.map((row, i) => row.map((label, step) => (step < lengths[i]! ? label : -1)));
  for (const batchSize of [1, 2, 3]) {
    const want = await byLength.evaluate({ x, y, lengths }, { batchSize });
    for (const got of [
      await byLabel.evaluate({ x, y: marked }, { batchSize }),
      await both.evaluate({ x, y: marked, lengths: [4, 3, 2] }, { batchSize }),
    ])
      // prettier-ignore
      for (const name of ["loss", "accuracy"] as const) expect(got[name]).toBeCloseTo(want[name], 12);
  }
});

test("of several outputs each has labels of its own that do not count, and data of which none counts are refused", async () => {
  const x = input({ shape: [2] });
  const heads = model({ inputs: x, outputs: { a: dense({ units: 2 })(x), b: dense({ units: 3 })(x) } });
  const trainer = await heads.compile({ ...options, loss: { a: ignoring, b: "sparseCategoricalCrossentropy" }, metrics: {} });
  const [all, one] = [
    { x: wave(3, 2), y: { a: [1, -1, 0], b: [0, 1, 2] } },
    { x: wave(3, 2), y: { a: [-1, -1, -1], b: [0, 1, 2] } },
  ];
  const { loss, aLoss, bLoss } = await trainer.evaluate(all, { batchSize: 1 });
  expect(loss).toBeCloseTo(aLoss + bLoss, 12);
  expect((await trainer.evaluate(all)).aLoss).toBeCloseTo(aLoss, 12);
  await expect(trainer.evaluate(one)).rejects.toMatchObject({ code: "EMPTY_DATA" });
});
