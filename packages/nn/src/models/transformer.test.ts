// Blocks of the transformer: what PyTorch gives, what differences say, step by step, in files, with padding.
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { input } from "../layers/input.ts";
import { specOf } from "../layers/spec.ts";
import type { AnyModel } from "../model/model.ts";
import { adam } from "../optimizers/adam.ts";
import { deserialize } from "../saving/deserialize.ts";
import { serialize } from "../saving/serialize.ts";
import { f64, figures, ramp } from "../testing/figures.ts";
import { torchBlocks } from "../testing/torchBlocks.ts";
import { layoutOf } from "../weights/layout.ts";
import { model } from "./model.ts";
import { sequential } from "./sequential.ts";
import { transformerDecoder } from "./transformerDecoder.ts";
import { transformerEncoder } from "./transformerEncoder.ts";

const backend = await open();
afterAll(() => backend.close());

const count = { x: f64([2, 3], [1, 1, 1, 1, 1, 0]), memory: f64([2, 4], [1, 1, 1, 0, 1, 1, 1, 1]) };
const projected = (g: readonly number[] = []): number => g.reduce((sum, v, i) => sum + v * Math.sin(i + 1), 0);

function blockOf(kind: keyof typeof torchBlocks): AnyModel {
  const x = input({ shape: [3, 4] }),
    memory = input({ shape: [4, 4] });
  const options = { intermediateDim: 3, numHeads: 2, normalizeFirst: kind.endsWith("first"), name: "block" };
  return kind.startsWith("encoder")
    ? model({ inputs: { x }, outputs: transformerEncoder(options)(x) })
    : model({ inputs: { x, memory }, outputs: transformerDecoder(options)(x, { memory }) });
}

for (const kind of ["encoder", "encoder first", "decoder", "decoder first"] as const)
  test(`${kind}: outputs and every gradient are those of PyTorch`, async () => {
    const want = torchBlocks[kind],
      hasMemory = want.memory !== undefined,
      block = blockOf(kind);
    const memory = { ...ramp(2, 4, 4), data: Float64Array.from(ramp(2, 4, 4).data, (v) => 0.7 * v + 0.1) };
    const x = { x: ramp(2, 3, 4), ...(hasMemory && { memory }) },
      masks = { x: count.x, ...(hasMemory && { memory: count.memory }) };
    const shapes = Object.fromEntries(Object.entries(x).map(([name, { shape }]) => [name, shape.slice(1)]));
    const { entries } = layoutOf(block.build(block.sample(shapes)).weights);
    expect(Object.keys(entries).toSorted()).toEqual(
      Object.keys(want.gradients)
        .map((name) => `block.${name}`)
        .toSorted(),
    );
    const weights = Object.fromEntries(
      Object.keys(want.gradients).map((name, k) => {
        const { shape = [], size = 0 } = entries[`block.${name}`] ?? {};
        return [
          `block.${name}`,
          f64(
            shape,
            Array.from({ length: size }, (_, i) => 0.6 * Math.sin(7 * i + k + 1)),
          ),
        ];
      }),
    );
    const got = await figures(backend, block, { x, masks, weights, measures: false });
    got.y.forEach((v, i) => expect(v).toBeCloseTo(want.y[i] ?? NaN, 8));
    expect(got.mask).toEqual([...count.x.data]);
    expect(projected(got.gradients["x"])).toBeCloseTo(want.x, 8);
    if (want.memory !== undefined) expect(projected(got.gradients["memory"])).toBeCloseTo(want.memory, 8);
    for (const [name, slope] of Object.entries(want.gradients)) {
      const { offset = 0, size = 0 } = entries[`block.${name}`] ?? {};
      expect(projected(got.gradients["params"]?.slice(offset, offset + size)), `gradient of ${name}`).toBeCloseTo(slope, 8);
    }
  });

test("with dropout every gradient is that of differences, and masks are drawn where PyTorch and Keras draw them", async () => {
  const x = input({ shape: [2, 2] }),
    memory = input({ shape: [1, 3] });
  const options = {
    intermediateDim: 2,
    numHeads: 1,
    dropout: 0.5,
    activationDropout: 0.25,
    activation: "tanh",
    name: "b",
    seed: 3,
  } as const;
  const block = model({ inputs: { x, memory }, outputs: transformerDecoder(options)(x, { memory }) });
  const { drawn } = block.build({ x: specOf([2, 2], "float"), memory: specOf([1, 3], "float") });
  expect(
    Object.fromEntries(Object.entries(drawn).map(([name, { shape, seed, ...one }]) => [name, [...shape, "rate" in one && one.rate, seed]])),
  ).toEqual({
    "b.selfAttention": [1, 2, 2, 0.5, 3],
    "b.selfAttentionDropout": [2, 2, 0.5, 3],
    "b.crossAttention": [1, 2, 1, 0.5, 3],
    "b.crossAttentionDropout": [2, 2, 0.5, 3],
    "b.feedforwardActivationDropout": [2, 2, 0.25, 3],
    "b.feedforwardDropout": [2, 2, 0.5, 3],
  });
  const masks = Object.fromEntries(Object.entries(drawn).map(([name, { shape }], i) => [name, f64([1, ...shape], [...ramp(...shape).data].map((v) => (v + i > 0 ? 2 : 0)))])); // prettier-ignore
  const given = { x: { x: ramp(1, 2, 2), memory: ramp(1, 1, 3) } };
  const { wrong, y } = await figures(backend, block, { ...given, drawn: masks });
  expect(wrong).toEqual([]);
  expect(y).not.toEqual((await figures(backend, block, { ...given, measures: false })).y);
  const first = model({ inputs: { x, memory }, outputs: transformerDecoder({ ...options, normalizeFirst: true })(x, { memory }) });
  const none = Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, { ...mask, data: mask.data.map(() => 0) as Float64Array }])); // prettier-ignore
  expect((await figures(backend, first, { ...given, drawn: none, measures: false })).y).toEqual([...given.x.x.data]);
});

test.each([false, true])(
  "a decoder step by step gives what it gives as a whole, looking at a memory (normalizeFirst: %s)",
  async (normalizeFirst) => {
    const source = input(),
      target = input();
    const options = { intermediateDim: 5, numHeads: 2, normalizeFirst };
    const memory = transformerEncoder(options)(source);
    const first = transformerDecoder(options)(target, { memory });
    const second = transformerDecoder({ ...options, activation: "tanh" })(first, { memory });
    const both = model({
      inputs: { source, target },
      outputs: { next: dense({ units: 3 })(second), own: second.scores, other: second.memoryScores },
    });
    using trainer = await both.compile({ backend, dtype: "f64", seed: 2 });
    const x = { source: ramp(2, 3, 4), target: ramp(2, 4, 4) };
    const whole = await trainer.predict(x, { lengths: { source: [3, 2] } });
    using stream = await trainer.stream({
      over: "target",
      inputs: { source: x.source },
      lengths: { source: [3, 2] },
      maxSteps: 4,
      batch: 2,
    } as never);
    for (let t = 0; t < 4; t++) {
      const row = (b: number) => [...x.target.data.slice((b * 4 + t) * 4, (b * 4 + t + 1) * 4)];
      const { next, other } = await stream.step([row(0), row(1)] as never);
      for (let b = 0; b < 2; b++)
        for (let u = 0; u < 3; u++) expect(next.data[b * 3 + u]).toBeCloseTo(whole.next.data[(b * 4 + t) * 3 + u] ?? NaN, 10);
      expect(other.shape).toEqual([2, 2, 3]);
    }
  },
);

test("blocks train on sequences of their own lengths, read well in a summary, and go on from a file", async () => {
  const source = input({ shape: [3, 4] }),
    target = input({ shape: [2, 4] });
  const memory = transformerEncoder({ intermediateDim: 5, numHeads: 2, dropout: 0.1 })(source);
  const decoded = transformerDecoder({ intermediateDim: 5, numHeads: 2, normalizeFirst: true, causal: false })(target, { memory });
  const both = model({ inputs: { source, target }, outputs: dense({ units: 1 })(decoded) });
  expect(String(both.summary())).toContain("transformerDecoder  transformerDecoder  [batch, steps 2, features 4]");
  const options = { backend, optimizer: adam(), loss: "mse", seed: 1, dtype: "f64" } as const;
  const data = (hole: number) => {
    const rows = [...ramp(2, 3, 4).data].map((v, i) => (i >= 20 ? hole : v));
    return { x: { source: f64([2, 3, 4], rows), target: ramp(2, 2, 4) }, y: ramp(2, 2, 1), lengths: { source: [3, 2] } };
  };
  using trainer = await both.compile(options);
  await trainer.fit(data(NaN), { epochs: 2 });
  using again = await deserialize<"source" | "target">(await serialize(trainer, { optimizer: true })).compile(options);
  for (const each of [trainer, again]) await each.fit(data(7), { epochs: 2 });
  expect(await again.weights()).toEqual(await trainer.weights());
});

test("weights are known by their layers, and what does not go is refused by name", async () => {
  using trainer = await sequential([
    input({ shape: [2, 4] }),
    transformerEncoder({ intermediateDim: 3, numHeads: 2, name: "encoder" }),
  ]).compile({ backend });
  const { encoder } = await trainer.weights();
  expect([encoder.selfAttention.wq.shape, encoder.feedforwardIntermediate.kernel.shape, encoder.feedforwardNorm.gamma.shape]).toEqual([[4, 4], [4, 3], [4]]); // prettier-ignore
  const refuses = (attempt: () => unknown, code: string, message: string) => expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) })); // prettier-ignore
  refuses(() => transformerEncoder({ intermediateDim: 0, numHeads: 1 }), "INVALID_ARGUMENT", "transformerEncoder: intermediateDim must be");
  refuses(() => transformerEncoder({ intermediateDim: 1, numHeads: 1, causal: true } as never), "INVALID_ARGUMENT", 'no option "causal"');
  refuses(() => transformerDecoder({ intermediateDim: 1, numHeads: 3 }).build(specOf([2, 4], "float"), "d"), "INVALID_ARGUMENT", "heads 3 must divide the query's features 4"); // prettier-ignore
  refuses(() => transformerEncoder({ intermediateDim: 1, numHeads: 1 }).build(specOf([4], "float"), "e"), "SHAPE_MISMATCH", "e: needs x [batch, steps, features]"); // prettier-ignore
  await expect(trainer.stream()).rejects.toThrow(expect.objectContaining({ code: "UNSUPPORTED", who: "encoder" }));
});
