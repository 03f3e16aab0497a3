// Layers of several values: sums and the like, and concatenation.
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { adam } from "../optimizers/adam.ts";
import { serialize } from "../saving/serialize.ts";
import { deserialize } from "../saving/deserialize.ts";
import { model } from "../models/model.ts";
import { sequential } from "../models/sequential.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { add } from "./add.ts";
import { average } from "./average.ts";
import { concatenate } from "./concatenate.ts";
import { dense } from "./dense.ts";
import { globalAveragePooling1D } from "./globalAveragePooling1D.ts";
import { gru } from "./gru.ts";
import { input } from "./input.ts";
import { maximum } from "./maximum.ts";
import type { MergeLayer } from "./merge.ts";
import { minimum } from "./minimum.ts";
import { multiply } from "./multiply.ts";
import { specOf, type Spec } from "./spec.ts";
import { subtract } from "./subtract.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
const backend = backends.reference;
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

const folds: Readonly<Record<string, readonly [MergeLayer, (xs: readonly number[]) => number, most?: number]>> = {
  add: [add(), (xs) => xs.reduce((a, b) => a + b)],
  subtract: [subtract(), ([a = 0, b = 0]) => a - b, 2],
  multiply: [multiply(), (xs) => xs.reduce((a, b) => a * b)],
  average: [average(), (xs) => xs.reduce((a, b) => a + b) / xs.length],
  maximum: [maximum(), (xs) => Math.max(...xs)],
  minimum: [minimum(), (xs) => Math.min(...xs)],
};
const cases = Object.entries(folds);
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const letters = ["a", "b", "c"] as const;

/** A model that calls it on one input for each shape. */
function merged(layer: MergeLayer, shapes: readonly (readonly number[])[]) {
  const inputs = Object.fromEntries(shapes.map((shape, i) => [letters[i]!, input({ shape })]));
  return model({ inputs, outputs: layer(Object.values(inputs)) });
}

/** What stands at `index` of the broadcast sample, read from a sample of `shape`. */
function broadcastAt(shape: readonly number[], index: readonly number[]): number {
  const own = index.slice(index.length - shape.length);
  return shape.reduce((flat, size, d) => flat * size + (size === 1 ? 0 : own[d]!), 0);
}

function indexOf(flat: number, shape: readonly number[]): number[] {
  return shape.reduceRight<{ left: number; at: number[] }>(
    ({ left, at }, size) => ({ left: Math.floor(left / size), at: [left % size, ...at] }),
    { left: flat, at: [] },
  ).at;
}

/** A shape, and others that broadcast with it. */
const anyShapes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }).chain((shape) =>
  fc.tuple(
    fc.constant(shape),
    fc.array(
      fc.tuple(fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }), fc.nat({ max: shape.length })).map(
        ([ones, cut]) =>
        shape.map((size, d) => (ones[d] ? 1 : size)).slice(cut), // prettier-ignore
      ),
      { minLength: 1, maxLength: 2 },
    ),
  ),
);

test.each(cases)(
  "%s is what it is elementwise, of shapes that broadcast behind the batch as numpy's do",
  async (_, [layer, fold, most]) => {
    await fc.assert(
      fc.asyncProperty(anyShapes, async ([shape, others]) => {
        const shapes = [shape, ...others].slice(0, most);
        const x = Object.fromEntries(shapes.map((each, i) => [letters[i]!, ramp(2, ...each)]));
        const got = await figures(backend, merged(layer, shapes), { x });
        expect(got.shape).toEqual([2, ...shape]);
        const want = Array.from({ length: 2 * sizeOf(shape) }, (_, i) => {
          const [row, index] = [Math.floor(i / sizeOf(shape)), indexOf(i % sizeOf(shape), shape)];
          return fold(shapes.map((each, k) => x[letters[k]!]!.data[row * sizeOf(each) + broadcastAt(each, index)]!));
        });
        got.y.forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 12));
      }),
      { numRuns: 12 },
    );
  },
);

test.each(cases.flatMap(([name, [layer]]) => Object.keys(backends).map((on) => [name, on as keyof typeof backends, layer] as const)))(
  "%s on %s has the gradient that differences say",
  async (_, on, layer) => {
    const x = { a: ramp(2, 3, 2), b: f64([2, 2], [0.4, -0.2, 0.1, 0.9]) };
    const { wrong, gradients } = await figures(backends[on], merged(layer, [[3, 2], [2]]), { x }); // prettier-ignore
    expect(wrong).toEqual([]);
    expect(Object.keys(gradients)).toEqual(["a", "b"]);
  },
);

test.each(cases)(
  "%s: a step counts where it counts in all, and what stands elsewhere changes no number and no gradient",
  async (_, [layer]) => {
    const masks = { a: f64([2, 3], [1, 1, 0, 1, 1, 1]), b: f64([2, 3], [1, 0, 1, 1, 1, 1]) };
    const at = (value: number) =>
    figures(backend, merged(layer, [[3, 2], [3, 2]]), { x: { a: filledAt(ramp(2, 3, 2), masks.a, value), b: filledAt(f64([2, 3, 2], [...ramp(2, 3, 2).data].toReversed()), masks.b, value) }, masks }); // prettier-ignore
    const [zeros, nans] = [await at(0), await at(NaN)];
    expect(zeros.mask).toEqual([1, 0, 0, 1, 1, 1]);
    expect(zeros.wrong).toEqual([]);
    expect(nans.gradients).toEqual(zeros.gradients);
    const counted = (y: readonly number[]) => y.filter((_, i) => zeros.mask![Math.floor(i / 2)] === 1);
    expect(counted(nans.y)).toEqual(counted(zeros.y));
  },
);

test("a step that stands beside many takes its mask to all of them, and a sequence whose steps do not stay is 0 where they do not count", async () => {
  const one = { b: f64([2, 1], [0, 1]) };
  const spread = (value: number) =>
    figures(backend, merged(add(), [[3, 2], [1, 2]]), { x: { a: ramp(2, 3, 2), b: filledAt(ramp(2, 1, 2), one.b, value) }, masks: one }); // prettier-ignore
  expect((await spread(0)).mask).toEqual([0, 0, 0, 1, 1, 1]);
  expect((await spread(NaN)).gradients).toEqual((await spread(0)).gradients);
  const sequence = { b: f64([2, 3], [1, 0, 1, 1, 1, 0]) };
  const within = (value: number) =>
    figures(backend, merged(add(), [[2, 3, 2], [3, 2]]), { x: { a: ramp(2, 2, 3, 2), b: filledAt(ramp(2, 3, 2), sequence.b, value) }, masks: sequence }); // prettier-ignore
  expect((await within(0)).mask).toBeUndefined();
  expect(await within(NaN)).toEqual(await within(0));
});

const anySamples = fc.tuple(
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  fc.nat({ max: 2 }),
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  fc.boolean(),
);

test("concatenate lays values side by side along any axis but the batch, counted from either end", async () => {
  await fc.assert(
    fc.asyncProperty(anySamples, async ([shape, d, sizes, fromEnd]) => {
      const along = d % shape.length;
      const shapes = sizes.map((size) => shape.with(along, size));
      const x = Object.fromEntries(shapes.map((each, i) => [letters[i]!, ramp(2, ...each)]));
      const axis = fromEnd ? along - shape.length : along + 1;
      const got = await figures(backend, merged(concatenate({ axis }), shapes), { x });
      const total = sizes.reduce((a, b) => a + b);
      expect(got.shape).toEqual([2, ...shape.with(along, total)]);
      const [outer, inner] = [2 * sizeOf(shape.slice(0, along)), sizeOf(shape.slice(along + 1))];
      const want = Array.from({ length: outer }, (_, o) =>
        sizes.flatMap((size, k) => [...x[letters[k]!]!.data.slice(o * size * inner, (o + 1) * size * inner)]),
      ).flat();
      expect(got.y).toEqual(want);
    }),
    { numRuns: 30 },
  );
});

test.each(Object.keys(backends) as (keyof typeof backends)[])("concatenate on %s has the gradient that differences say", async (on) => {
  for (const axis of [1, 2]) {
    const shapes = axis === 1 ? [[2, 2], [3, 2]] : [[2, 2], [2, 1]]; // prettier-ignore
    const x = { a: ramp(2, ...shapes[0]!), b: ramp(2, ...shapes[1]!) };
    expect((await figures(backends[on], merged(concatenate({ axis }), shapes), { x })).wrong).toEqual([]);
  }
});

test("along the steps concatenate puts masks together, along another axis a step counts where it counts in all", async () => {
  const x = { a: ramp(1, 2, 2), b: ramp(1, 3, 2) };
  const along = (masks: Record<string, ReturnType<typeof f64>>) => figures(backend, merged(concatenate({ axis: 1 }), [[2, 2], [3, 2]]), { x, masks }); // prettier-ignore
  expect((await along({ a: f64([1, 2], [1, 0]), b: f64([1, 3], [0, 0.5, 1]) })).mask).toEqual([1, 0, 0, 1, 1]);
  expect((await along({ b: f64([1, 3], [1, 1, 0]) })).mask).toEqual([1, 1, 1, 1, 0]);
  expect((await along({})).mask).toBeUndefined();
  const beside = await figures(backend, merged(concatenate(), [[2, 2], [2, 1]]), { x: { a: ramp(1, 2, 2), b: ramp(1, 2, 1) }, masks: { a: f64([1, 2], [1, 0]) } }); // prettier-ignore
  expect(beside.mask).toEqual([1, 0]);
});

test("axes keep the names of the first that has them, and steps are steps wherever they come from", () => {
  const build = (layer: MergeLayer, ...samples: readonly Spec[]) => layer.build(samples, "test");
  const sequence = specOf([4, 3], "float"),
    vector: Spec = { shape: [3], axes: ["units"], dtype: "float" },
    heads: Spec = { shape: [4, 3], axes: ["heads", "size"], dtype: "float" };
  expect(build(add(), vector, sequence).output).toEqual({ shape: [4, 3], axes: ["steps", "units"], dtype: "float" });
  expect(build(add(), heads, sequence).output).toMatchObject({ axes: ["steps", "size"] });
  expect(build(concatenate(), sequence, heads).output).toEqual({ shape: [4, 6], axes: ["steps", "features"], dtype: "float" });
  expect(build(add(), vector, sequence).stepwise).toBe("pointwise");
  expect(build(add(), vector, vector).stepwise).toBe("pointwise");
  expect(build(add(), heads, sequence).stepwise).toBeUndefined(); // each step would meet all heads
  expect(build(concatenate(), sequence, sequence).stepwise).toBe("pointwise");
  expect(build(concatenate({ axis: 1 }), sequence, sequence).stepwise).toBeUndefined();
  expect(build(concatenate({ axis: 1 }), vector, vector).stepwise).toBe("pointwise");
});

test("what does not merge is refused by the name of the layer, with the two that do not go together", () => {
  const refuses = (attempt: () => unknown, code: string, message: string) => expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) })); // prettier-ignore
  const summary = (layer: MergeLayer, ...shapes: readonly (readonly number[])[]) => merged(layer, shapes).summary();
  refuses(() => summary(add({ name: "sum" }), [3, 2], [2], [3]), "SHAPE_MISMATCH", "sum: needs shapes that broadcast from the last axis backwards, got x[0] [batch, steps 3, features 2] and x[2] [batch, features 3]"); // prettier-ignore
  refuses(() => summary(concatenate(), [3, 2], [4, 2]), "SHAPE_MISMATCH", "concatenate: needs samples that are alike but for axis -1, got x[0] [batch, steps 3, features 2] and x[1] [batch, steps 4, features 2]"); // prettier-ignore
  refuses(() => summary(concatenate(), [3, 2], [2]), "SHAPE_MISMATCH", "x[1] [batch, features 2]");
  refuses(() => summary(concatenate({ axis: 3 }), [3, 2], [3, 2]), "SHAPE_MISMATCH", "needs an axis 3");
  refuses(() => summary(concatenate({ axis: -3 }), [3, 2], [3, 2]), "SHAPE_MISMATCH", "needs an axis -3");
  refuses(() => concatenate({ axis: 0 }), "INVALID_ARGUMENT", "0, which is the batch");
  refuses(() => summary(subtract(), [2], [2], [2]), "INVALID_ARGUMENT", "subtract: x must be a list of 2 values");
  refuses(() => sequential([input({ shape: [2] }), add()]).summary(), "INVALID_ARGUMENT", "add: reads a list of values, got one, x [batch, features 2]"); // prettier-ignore
  refuses(() => add().build([specOf([2], "float"), specOf([2], "i32")], "sum"), "DTYPE_MISMATCH", "x[1] [batch, steps 2]");
  refuses(() => add()([]), "INVALID_ARGUMENT", "x must be what input(…) or another layer gives");
});

test("a graph that parts, shares a layer and meets again has the gradient that differences say", async () => {
  const a = input({ shape: [3, 2] }),
    b = input({ shape: [3, 2] });
  const shared = dense({ units: 2, activation: "tanh" });
  const [p, q] = [shared(a), shared(b)];
  const outputs = concatenate()([multiply()([p, q]), add()([subtract()([p, q]), a]), average()([p, p, b])]);
  const x = { a: ramp(2, 3, 2), b: f64([2, 3, 2], [...ramp(2, 3, 2).data].toReversed()) };
  for (const each of Object.values(backends)) {
    const { shape, wrong, gradients } = await figures(each, model({ inputs: { a, b }, outputs }), { x });
    expect(shape).toEqual([2, 3, 6]);
    expect(wrong).toEqual([]);
    expect(Object.keys(gradients)).toEqual(["a", "b", "params"]);
  }
});

test("two sequences of their own lengths are compared; padding changes nothing, and training goes on from a file", async () => {
  const a = input(),
    b = input();
  const read = gru({ units: 3, returnSequences: true });
  const [p, q] = [read(a), read(b)];
  const likeness = globalAveragePooling1D()(concatenate()([multiply()([p, q]), subtract()([p, q])]));
  const siamese = model({ inputs: { a, b }, outputs: dense({ units: 1 })(likeness) });
  const padded = (more: number, value: number) =>
    [[[0.1], [0.5], [-0.3]], [[0.7], [-0.2], [0.4]]].map((one, i) => [...(i === 0 ? one : one.slice(0, 2)), ...Array.from({ length: more + i }, () => [value])]); // prettier-ignore
  const data = (more: number, value: number) => ({
    x: { a: padded(more, value), b: padded(more, value).toReversed() },
    y: [[1], [0]],
    lengths: { a: [3, 2], b: [2, 3] },
  });
  const learnt = async (on: keyof typeof backends, given: ReturnType<typeof data>) => {
    const options = { backend: backends[on], optimizer: adam({ learningRate: 0.05 }), loss: "mse", seed: 1 } as const;
    using trainer = await siamese.compile(options);
    await trainer.fit(given, { epochs: 3 });
    using again = await deserialize<"a" | "b">(await serialize(trainer, { optimizer: true })).compile(options);
    for (const each of [trainer, again]) await each.fit(given, { epochs: 2 });
    expect(await again.weights()).toEqual(await trainer.weights());
    return [...(await trainer.predict(given.x, { lengths: given.lengths })).data];
  };
  const want = await learnt("reference", data(0, 0));
  for (const [on, given] of [
    ["reference", data(2, NaN)],
    ["cpu", data(0, 0)],
    ["cpu", data(3, 9)],
  ] as const)
    // prettier-ignore
    (await learnt(on, given)).forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 5));
});
