// Metrics that are made of sums, in fit and evaluate: the same whatever the batches.
import { open } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { adam, auc, deserialize, dense, f1Score, gru, input, iou, meanIoU, model, perplexity, precision, r2Score, sequential, serialize, sgd, sparseCategoricalAccuracy, type Callback, type Metric } from "../index.ts"; // prettier-ignore
import { furtherMetrics } from "../metrics/furtherMetrics.ts";
import { reported, reporting } from "../testing/measuring.ts";

const backend = await open();
afterAll(() => backend.close());
const wave = (...shape: readonly number[]) => {
  const data = Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 2 * Math.sin(i * 1.7 + 1));
  return { dtype: "f64", shape, data } as const;
};
const base = { backend, optimizer: sgd({ learningRate: 0.1 }), dtype: "f64", seed: 1 } as const;
const { rootMeanSquaredError, cosineSimilarity, sparseTopKCategoricalAccuracy, topKCategoricalAccuracy, ...others } = furtherMetrics;
const { r2Score: r2, perplexity: wavering, meanIoU: overlap, pearsonCorrelation, concordanceCorrelation, ...yesOrNo } = others;

const kinds = {
  "yes or no": { loss: "binaryCrossentropy", units: 2, metrics: Object.values(yesOrNo), y: Float64Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? 1 : 0)), axes: [12, 2] },
  numbers: { loss: "mse", units: 2, metrics: [r2, rootMeanSquaredError, cosineSimilarity, pearsonCorrelation, concordanceCorrelation], y: wave(12, 2).data, axes: [12, 2] },
  labels: { loss: "sparseCategoricalCrossentropy", units: 3, metrics: [wavering, overlap, sparseTopKCategoricalAccuracy, f1Score({ average: "macro" }), sparseCategoricalAccuracy({ ignoreClass: 1 }), iou({ targetClassIds: [0, 2] })], y: Int32Array.from({ length: 12 }, (_, i) => i % 3), axes: [12] },
  "one-hot": { loss: "categoricalCrossentropy", units: 3, metrics: [meanIoU, topKCategoricalAccuracy, f1Score({ average: "weighted" }), precision({ average: "micro" })], y: Float64Array.from({ length: 36 }, (_, i) => (i % 4 === 0 ? 1 : 0)), axes: [12, 3] },
} as const; // prettier-ignore

test.each(Object.entries(kinds))("metrics of %s are those of all samples at once, in batches of any size, by weights", async (_, { loss, units, metrics, y, axes }) => {
  using trainer = await sequential([dense({ units })]).compile({ ...base, loss, metrics: metrics as readonly Metric[] });
  const x = wave(12, 3);
  const truth = { dtype: y instanceof Int32Array ? "i32" : "f64", shape: axes, data: y } as const;
  const { data: z } = await trainer.predict(x);
  const formulas = metrics.map((metric) => [metric.name, reporting(backend, metric, { output: [units], labels: truth.dtype === "i32" })] as const); // prettier-ignore
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 3 }), { minLength: 12, maxLength: 12 }), fc.integer({ min: 1, max: 12 }), async (w, batchSize) => {
      fc.pre(w[1]! > 0);
      const got = (await trainer.evaluate({ x, y: truth, sampleWeight: w }, { batchSize })) as Record<string, number>;
      for (const [name, formula] of formulas) {
        const want = await formula([{ y: [...y], z: [...z], w }]);
        expect([name, Math.abs(got[name]! - want) < 1e-9]).toEqual([name, true]);
      }
    }),
    { numRuns: 3 },
  );
}); // prettier-ignore

test("steps that do not count are in no sum, whatever stands there", async () => {
  const metrics = [f1Score, auc({ numThresholds: 20 }), "truePositives"] as const;
  using trainer = await sequential([gru({ units: 2, returnSequences: true }), dense({ units: 1, activation: "sigmoid" })]).compile({ ...base, loss: "binaryCrossentropy", metrics }); // prettier-ignore
  const x = wave(3, 4, 2);
  const y = [[1, 0, 1, 1], [0, 1, Number.NaN, Number.NaN], [1, Number.NaN, 7, 0]]; // prettier-ignore
  const lengths = [4, 2, 1];
  const { data: p } = await trainer.predict(x, { lengths });
  const z = [...p].map((each) => Math.log(each / (1 - each)));
  const counted = y.flatMap((row, i) => row.map((label, step) => ({ label, z: z[4 * i + step]! })).slice(0, lengths[i])); // prettier-ignore
  const batch = { y: counted.map(({ label }) => label), z: counted.map((one) => one.z), w: counted.map(() => 1) };
  for (const batchSize of [1, 2, 3]) {
    const got = await trainer.evaluate({ x, y: y.map((row) => row.map((label) => [label])), lengths }, { batchSize }); // prettier-ignore
    expect(got.f1Score).toBeCloseTo(await reported(backend, f1Score, [batch], { output: [1] }), 10);
    expect(got.auc).toBeCloseTo(await reported(backend, auc({ numThresholds: 20 }), [batch], { output: [1] }), 10);
    expect(got.truePositives).toBe(counted.filter((one) => one.label === 1 && one.z > 0).length);
  }
});

test("fit tells them of each epoch and of validation, by output, and what is better is known", async () => {
  const x = input({ shape: [3] });
  const heads = model({ inputs: x, outputs: { bit: dense({ units: 1, activation: "sigmoid" })(x), label: dense({ units: 3 })(x) } });
  const compiled = { ...base, optimizer: sgd({ learningRate: 0 }), loss: { bit: "binaryCrossentropy", label: "sparseCategoricalCrossentropy" }, metrics: { bit: ["auc"], label: [perplexity] } } as const; // prettier-ignore
  using trainer = await heads.compile(compiled);
  const data = {
    x: wave(9, 3),
    y: { bit: Float64Array.from({ length: 9 }, (_, i) => i % 2), label: Int32Array.from({ length: 9 }, (_, i) => i % 3) },
  };
  const { epochs, best } = await trainer.fit(data, { epochs: 3, batchSize: 2, validationData: data, monitor: "valBitAuc", patience: 2 });
  const evaluated = await trainer.evaluate(data);
  for (const name of ["bitAuc", "labelPerplexity"] as const) expect(epochs[0]![name]).toBeCloseTo(evaluated[name], 10); // nothing is learnt
  expect(evaluated.labelPerplexity).toBeCloseTo(Math.exp(evaluated.labelLoss), 10);
  expect(epochs[0]!.valBitAuc).toBeCloseTo(evaluated.bitAuc, 12);
  expect([epochs.length, best?.epoch]).toEqual([3, 1]);
  const risen = await sequential([dense({ units: 1 })]).compile({ ...base, loss: "mse", metrics: [r2Score] });
  const line = { x: wave(8, 1), y: wave(8, 1) };
  const history = await risen.fit(line, { epochs: 6, monitor: "r2Score" });
  const scores = history.epochs.map((log) => log.r2Score);
  expect(history.best?.r2Score).toBe(Math.max(...scores));
});

test("what was summed before a stop in an epoch is taken up again to the bit, also from a file", async () => {
  const data = { x: wave(20, 3), y: Float64Array.from({ length: 20 }, (_, i) => i % 2) };
  const options = {
    ...base,
    optimizer: adam(),
    loss: "binaryCrossentropy",
    metrics: ["auc", f1Score, "falsePositives"],
    dtype: "f32",
  } as const;
  const made = () => sequential([input({ shape: [3] }), dense({ units: 1 })]).compile(options);
  const fitting = { epochs: 2, batchSize: 2 };
  const [whole, part] = [await made(), await made()];
  const { epochs } = await whole.fit(data, fitting);
  const stopping: Callback = { name: "stopping", onTrainBatchEnd: (_, training) => void (training.batches === 4 && training.stop()) };
  await part.fit(data, { ...fitting, callbacks: [stopping] });
  const saved = deserialize(await serialize(part, { optimizer: true }));
  const resumed = await saved.compile(options);
  const after = await resumed.fit(data, fitting);
  const bare = (log: object | undefined) => ({ ...log, examplesPerSecond: 0, epoch: 0 });
  expect(bare(after.epochs[0])).toEqual(bare(epochs[0]));
});

test.each([
  ["cpu", openCpu],
  ["workers", () => openWorkers({ threads: 2, threshold: 0 })],
] as const)("on %s they are what the reference has in f64, as far as f32 goes", async (_, opened) => {
  const other = await opened();
  for (const { loss, units, metrics, y, axes } of Object.values(kinds)) {
    const data = { x: wave(12, 3), y: { dtype: y instanceof Int32Array ? "i32" : "f64", shape: axes, data: y } as const };
    const [near, far] = await Promise.all([{ ...base, backend: other, dtype: "f32" } as const, base].map(async (options) => {
      using trainer = await sequential([dense({ units })]).compile({ ...options, loss, metrics: metrics as readonly Metric[] });
      return (await trainer.evaluate(data, { batchSize: 5 })) as Record<string, number>;
    })); // prettier-ignore
    for (const [name, value] of Object.entries(far!)) expect([name, Math.abs(near![name]! - value) < 1e-4]).toEqual([name, true]);
  }
  await other.close();
});

test("a metric of another activation than the output ends with is refused", async () => {
  const trainer = await sequential([dense({ units: 3, activation: "softmax" })]).compile({ ...base, loss: "categoricalCrossentropy", metrics: ["precision"] }); // prettier-ignore
  await expect(trainer.evaluate({ x: wave(3, 2), y: wave(3, 3) })).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("precision is of a sigmoid") }); // prettier-ignore
  const sums: Metric = { name: "mine", better: "lower", target: (shape) => ({ shape, dtype: "float" }), perSample: (y, z) => z.sub(y).mean([1]), sums: { count: () => 2, result: ([a = 0]) => a } }; // prettier-ignore
  const mine = await sequential([dense({ units: 1 })]).compile({ ...base, loss: "mse", metrics: [sums] });
  await expect(mine.evaluate({ x: wave(3, 2), y: wave(3, 1) })).rejects.toMatchObject({ who: "mine", message: expect.stringContaining("[batch 3, sums]") }); // prettier-ignore
});
