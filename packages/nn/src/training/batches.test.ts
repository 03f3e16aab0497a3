import { open } from "@sluice/cpu";
import { random } from "@sluice/core";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { adam, concatenate, dense, deserialize, embedding, gru, input, model, sequential, serialize, sgd } from "../index.ts";
import { bucketsOf, byBuckets, inOrder } from "./batches.ts";

const backend = await open();
afterAll(() => backend.close());
const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });

test("each sample is in one batch of its own bucket, which the order alone decides; without buckets they follow the order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 40 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 11 }), { maxLength: 4 }),
      fc.integer({ min: 1, max: 8 }),
      fc.option(fc.integer(), { nil: undefined }),
      (lengths, bounds, batch, seed) => {
        const boundaries = bounds.toSorted((a, b) => a - b);
        const order = seed === undefined ? undefined : random(seed).permutation(lengths.length);
        const data = { samples: lengths.length, sample: {}, x: {}, lengths: { x: { data: Int32Array.from(lengths), size: 1, axes: 0 } } };
        for (const made of [byBuckets(bucketsOf(data, boundaries), batch, order), inOrder(lengths.length, batch, order)]) {
          const steps = Array.from({ length: made.steps }, (_, i) => made.at(i + 1));
          const seen = steps.flatMap(({ rows: { order: own, from, count } }) =>
            Array.from({ length: count }, (_, i) => own?.[from + i] ?? from + i),
          );
          expect(seen.toSorted((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
          expect(steps.every(({ rows: { count } }) => count >= 1 && count <= batch)).toBe(true);
          expect(made.examples(made.steps)).toBe(lengths.length);
          expect(made.examples(1)).toBe(steps[0]!.rows.count);
        }
        const bucketed = byBuckets(bucketsOf(data, boundaries), batch, order);
        for (let step = 1; step <= bucketed.steps; step++) {
          const { rows, bucket } = bucketed.at(step);
          for (let i = 0; i < rows.count; i++) {
            const length = lengths[rows.order![rows.from + i]!]!;
            expect(length).toBeLessThanOrEqual(boundaries[bucket] ?? 12);
            expect(length).toBeGreaterThan(bucket === 0 ? -1 : boundaries[bucket - 1]!);
          }
        }
      },
    ),
  );
});

const steps = 12;
const lengths = Int32Array.from({ length: 30 }, (_, i) => 1 + ((i * 7) % steps));
const x = Array.from(lengths, (length, i) => Int32Array.from({ length: steps }, (_, t) => (t < length ? 1 + ((i + t) % 5) : 99))); // what stands past them is not looked at
const each = { x, y: Array.from(lengths, (length) => [length / steps]), lengths };
const perStep = { x, y: x.map((row, i) => Array.from(row, (token, t) => (t < lengths[i]! ? token % 3 : 77))), lengths };
const ramp = (...shape: readonly number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: "f32", shape, data: Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1)) } as const;
};
const declared = () => input({ shape: [steps], dtype: "i32" });
/** Each says how many steps it is for. */
function nested() {
  const tokens = declared();
  const inner = sequential([input({ shape: [steps, 4] }), gru({ units: 3, returnSequences: true })], { name: "inner" });
  return model({ inputs: tokens, outputs: dense({ units: 3 })(inner(embedded()(tokens))) });
}
const embedded = () => embedding({ inputDim: 6, outputDim: 4 });

test("buckets change no number that they need not: losses and metrics are those of the whole", async () => {
  for (const [data, model, loss] of [
    [each, sequential([embedded(), gru({ units: 3 }), dense({ units: 1 })]), "mse"],
    [perStep, sequential([embedded(), gru({ units: 3, returnSequences: true }), dense({ units: 3 })]), "sparseCategoricalCrossentropy"],
    [
      perStep,
      sequential([embedded(), gru({ units: 3, returnSequences: true, goBackwards: true }), dense({ units: 3 })]),
      "sparseCategoricalCrossentropy",
    ],
    [each, sequential([declared(), embedded(), gru({ units: 3 }), dense({ units: 1 })]), "mse"],
    [perStep, nested(), "sparseCategoricalCrossentropy"],
  ] as const) {
    using trainer = await model.compile({ backend, optimizer: sgd({ learningRate: 0 }), loss, seed: 1 });
    const whole = await trainer.fit(data, { epochs: 1, batchSize: 4 });
    const bucketed = await trainer.fit(data, { epochs: 1, batchSize: 4, bucketBoundaries: [3, 6, 9] });
    expect(bucketed.epochs[0]!.loss).toBeCloseTo(whole.epochs[0]!.loss, 5);
    expect((await trainer.evaluate(data))["loss"]).toBeCloseTo(whole.epochs[0]!.loss, 5);
  }
});

test("a fit by buckets that was cut short goes on with the same bits, from a file too", async () => {
  const make = () => sequential([embedded(), gru({ units: 3, dropout: 0.2 }), dense({ units: 1 })]);
  const options = { backend, optimizer: adam({ learningRate: 0.05 }), loss: "mse", seed: 3 } as const;
  const fit = { batchSize: 4, bucketBoundaries: [4, 8] } as const;
  using whole = await make().compile(options);
  const { epochs } = await whole.fit(each, { ...fit, epochs: 3 });
  using cutShort = await make().compile(options);
  const stop = new AbortController();
  let seen = 0;
  const first = await cutShort.fit(each, {
    ...fit,
    epochs: 3,
    signal: stop.signal,
    onProgress: () => (++seen === 2 ? stop.abort() : undefined),
  });
  using resumed = await deserialize(await serialize(cutShort, { optimizer: true })).compile(options);
  const rest = await resumed.fit(each, { ...fit, epochs: 3 - first.epochs.length });
  expect([...first.epochs, ...rest.epochs].map(({ loss }) => loss)).toEqual(epochs.map(({ loss }) => loss));
  expect(await resumed.weights()).toEqual(await whole.weights());
});

test("boundaries that do not ascend, or nothing to go by, are refused", async () => {
  using trainer = await sequential([embedded(), gru({ units: 1 })]).compile({ backend, optimizer: sgd(), loss: "mse" });
  const fit = (data: object, bucketBoundaries: unknown) => trainer.fit({ ...each, ...data }, { epochs: 1, bucketBoundaries } as never);
  await expect(fit({}, [3, 3])).rejects.toThrow(refused("each above the one before"));
  await expect(fit({}, "3")).rejects.toThrow(refused("bucketBoundaries must be"));
  await expect(trainer.fit({ x: x.map((row) => row.map((token) => token % 6)), y: each.y }, { epochs: 1, bucketBoundaries: [3] })).rejects.toThrow(refused("has no lengths")); // prettier-ignore
  await fit({}, [3, 40]);
});

test("buckets are refused where an output's steps are not the first of all", async () => {
  const options = { backend, optimizer: sgd(), loss: "mse" } as const;
  const data = { x: ramp(4, 3, 1), lengths: [1, 2, 3, 3] };
  const start = input();
  const hidden = gru({ units: 1, returnSequences: true })(start);
  const twice = model({ inputs: start, outputs: { both: concatenate({ axis: 1 })([hidden, hidden]) } });
  using doubled = await twice.compile({ ...options, loss: { both: "mse" } });
  const doubledData = { ...data, y: { both: ramp(4, 6, 1) } };
  await doubled.fit(doubledData, { epochs: 1 });
  await expect(doubled.fit(doubledData, { epochs: 1, bucketBoundaries: [2] })).rejects.toThrow(refused('targets of the output "both"'));
});
