import { constant, square, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { adam, learn, sgd, type LearnerCheckpoint } from "../index.ts";

const backend = await open();
const kernel = { axes: { features: 2, out: 1 }, init: { constant: 0.5 } } as const;
const loss = (w: { readonly kernel: Tensor }, { x, y }: { readonly x: Tensor; readonly y: Tensor }): Tensor =>
  square(x.dot(w.kernel).sub(y)).mean();
const inputs = { x: "float", y: "float" } as const;
const base = { weights: { kernel }, inputs, loss, optimizer: sgd({ learningRate: 0.05 }), dtype: "f64" } as const;
const good = { x: [[1, 2], [3, 4]], y: [[1], [0]] }; // prettier-ignore
const bad = { x: [[Number.NaN, 2], [3, 4]], y: [[1], [0]] }; // prettier-ignore

test.each([1, 2, 3])(
  "a checkpoint taken before measures find an unsound batch goes on from before it, %i batches an update",
  async (steps) => {
    const options = { ...base, optimizer: adam(), gradientAccumulationSteps: steps };
    await using learner = await learn(backend, options);
    await using untouched = await learn(backend, options);
    for (const batch of [good, good, bad, good]) await learner.step(batch);
    for (const batch of [good, good]) await untouched.step(batch);
    const checkpoint = await learner.checkpoint();
    expect(checkpoint).toEqual(await untouched.checkpoint());
    await using resumed = await learn(backend, { ...options, from: checkpoint });
    for (const batch of [good, good, good]) await Promise.all([resumed.step(batch), untouched.step(batch)]);
    expect(await resumed.measures()).toEqual(await untouched.measures());
    expect(await resumed.checkpoint()).toEqual(await untouched.checkpoint());
  },
);

test.each([1, 2])("with skipUnsound too a checkpoint goes on with the same bits, %i batches an update", async (steps) => {
  const masks = { x: { shape: [2], rate: 0.5 } };
  const options = { ...base, optimizer: adam(), gradientAccumulationSteps: steps, skipUnsound: true, masks } as const;
  for (const before of [
    [bad, good],
    [good, bad, good],
    [good, bad, bad],
  ]) {
    await using learner = await learn(backend, { ...options, loss: (w, { x, y }, { masks }) => loss(w, { x: masks.x ? x.mul(masks.x) : x, y }) }); // prettier-ignore
    for (const batch of before) await learner.step(batch);
    if (before.length === 2) await learner.measures();
    await using resumed = await learn(backend, { ...options, from: await learner.checkpoint(), loss: (w, { x, y }, { masks }) => loss(w, { x: masks.x ? x.mul(masks.x) : x, y }) }); // prettier-ignore
    for (const batch of [good, good, bad, good]) await Promise.all([resumed.step(batch), learner.step(batch)]);
    expect(await resumed.checkpoint()).toEqual(await learner.checkpoint());
    expect(await resumed.measures()).toEqual(await learner.measures());
    expect([resumed.updates, resumed.skipped]).toEqual([learner.updates, learner.skipped]);
  }
});

test("whole numbers may be state, and what the caller does to a tree later changes nothing", async () => {
  const state: { n?: Int32Array; at: { dtype: "f64"; shape: number[]; data: Float64Array } } = { n: Int32Array.of(3), at: { dtype: "f64", shape: [1], data: Float64Array.of(1) } }; // prettier-ignore
  const weights: { kernel?: typeof kernel } = { kernel };
  const ready = { ...base, weights: weights as { kernel: typeof kernel }, state: state as Required<typeof state> };
  await using learner = await learn(backend, {
    ...ready,
    loss: (w, given, { state: { n, at } }) => ({ loss: loss(w, given), state: { n: n.add(1), at: at.mul(2) } }),
  });
  delete state.n;
  delete weights.kernel;
  state.at.shape[0] = 7;
  await learner.step(good);
  await learner.step(good);
  const { n, at } = await learner.state();
  expect([n.data, at.data, at.shape]).toEqual([Int32Array.of(5), Float64Array.of(4), [1]]);
  expect(Object.keys(await learner.weights())).toEqual(["kernel"]);
});

test("a batch whose weight, or state after it, is no number is not sound", async () => {
  const weighed = { ...base, inputs: { ...inputs, n: "float" }, loss: (w: { readonly kernel: Tensor }, { n, ...given }: { readonly x: Tensor; readonly y: Tensor; readonly n: Tensor }) => ({ loss: loss(w, given), weight: n.sum() }) } as const; // prettier-ignore
  for (const steps of [1, 2])
    for (const n of [Number.NaN, -1, 1e200]) {
      await using learner = await learn(backend, { ...weighed, gradientAccumulationSteps: steps });
      await learner.step({ ...good, n: [1] });
      await learner.step({ ...good, n: [n] });
      await expect(learner.measures()).rejects.toMatchObject({ code: "NOT_FINITE", message: expect.stringContaining("batch 2") });
      expect((await learner.weights()).kernel.data.every((v) => Number.isFinite(v))).toBe(true);
    }
  await using carried = await learn(backend, {
    ...base,
    inputs: { ...inputs, h: "float" },
    state: { h: [1] },
    skipUnsound: true,
    loss: (w, { h, ...given }) => ({ loss: loss(w, given), state: { h } }),
  });
  for (const h of [2, Number.NaN, 3]) await carried.step({ ...good, h: [h] });
  await carried.measures();
  expect([carried.skipped, ...(await carried.state()).h.data]).toEqual([1, 3]);
  await expect(carried.setState({ h: [Infinity] })).rejects.toMatchObject({ code: "NOT_FINITE" });
});

test("skipUnsound changes nothing where all batches are sound, of whatever weight; a batch of no weight may measure anything", async () => {
  const options = { ...base, optimizer: sgd({ momentum: 0.9 }), gradientAccumulationSteps: 2, inputs: { ...inputs, n: "float" } } as const;
  const weighed = (w: { readonly kernel: Tensor }, { n, ...given }: { readonly x: Tensor; readonly y: Tensor; readonly n: Tensor }) => ({ loss: loss(w, given), weight: n.sum(), measures: { odd: constant(1, [], "f64").div(n.sum()) } }); // prettier-ignore
  await using skipping = await learn(backend, { ...options, loss: weighed, skipUnsound: true });
  await using plain = await learn(backend, { ...options, loss: weighed });
  for (const n of [1, 1, 0, 0]) await Promise.all([skipping.step({ ...good, n: [n] }), plain.step({ ...good, n: [n] })]);
  expect(await skipping.weights()).toEqual(await plain.weights());
  expect((await plain.measures()).odd).toBe(1);
});

test("weights without elements may lie anywhere", async () => {
  const none = { axes: { a: 0, b: 3 }, init: "zeros" } as const;
  for (const weights of [
    { kernel, none },
    { none, kernel },
  ]) {
    await using learner = await learn(backend, { ...base, weights, groups: [{ weights: "none", trainable: false }] });
    await learner.step(good);
    await using trained = await learn(backend, { ...base, weights });
    await trained.step(good);
    expect(await trained.weights()).toEqual(await learner.weights());
  }
});

test("a loss is traced as training in training alone", async () => {
  const seen: boolean[] = [];
  await using learner = await learn(backend, { ...base, loss: (w, given, { training }) => (seen.push(training), loss(w, given)) });
  await learner.step(good);
  expect(new Set(seen)).toEqual(new Set([true]));
  await learner.evaluate(good);
  expect(seen.at(-1)).toBe(false);
});

test("functions of the weights are disposed of by themselves", async () => {
  await using learner = await learn(backend, base);
  const sum = learner.compile((w) => w.kernel.sum());
  expect([...(await (await sum()).read())]).toEqual([1]);
  sum.dispose();
  sum.dispose();
  await expect(sum()).rejects.toMatchObject({ code: "DISPOSED" });
});

test("two states of one path, and checkpoints whose numbers are none or of other weights, are refused by name", async () => {
  const same = { ...base, state: { "a.b": [1], a: { b: [2] } }, loss: (w: { readonly kernel: Tensor }, given: { readonly x: Tensor; readonly y: Tensor }) => loss(w, given) }; // prettier-ignore
  await expect(learn(backend, same)).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("at each path") });
  const two = { ...base, weights: { kernel, bias: { axes: { out: 1 }, init: "zeros" } }, optimizer: adam() } as const;
  await using learner = await learn(backend, two);
  await learner.step(good);
  const from = await learner.checkpoint();
  const broken = (change: (copy: { -readonly [K in keyof LearnerCheckpoint]: LearnerCheckpoint[K] }) => void) => {
    const copy = structuredClone(from);
    change(copy);
    return copy;
  };
  for (const [given, code, what] of [
    [broken((c) => (c.weights["kernel"]!.data[0] = Number.NaN)), "NOT_FINITE", "weights.kernel"],
    [broken((c) => (c.slots["v"]!["bias"]!.data[0] = Infinity)), "NOT_FINITE", "v.bias"],
    [broken((c) => (c.batches = -1)), "INVALID_ARGUMENT", "batches"],
  ] as const)
    await expect(learn(backend, { ...two, from: given })).rejects.toMatchObject({ code, message: expect.stringContaining(what) });
  const frozen = { ...two, groups: [{ weights: "kernel", trainable: false }], from };
  await expect(learn(backend, frozen)).rejects.toMatchObject({ message: expect.stringContaining("Give the groups it had") });
  await using parts = await learn(backend, { ...two, gradientAccumulationSteps: 2 });
  await parts.step(good);
  const { gathered: _, ...rest } = await parts.checkpoint();
  await expect(learn(backend, { ...two, gradientAccumulationSteps: 2, from: rest })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
