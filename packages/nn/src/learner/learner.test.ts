import { constant, gru, leavesOf, lstm, recurrence, square, type HostArray, type Tensor } from "@sluice/core";
import { open } from "@sluice/cpu";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { adam, adamW, learn, sgd, type Learner, type Optimizer } from "../index.ts";

const backend = await open();
afterAll(() => backend.close());

// A line over two features, whose gradient is one line: kernel [features, out], bias [out].
const weights = {
  kernel: { axes: { features: 2, out: 1 }, init: { uniform: 1 } },
  bias: { axes: { out: 1 }, init: { constant: 0.5 } },
} as const;
const inputs = { x: "float", y: "float" } as const;
const line = (w: { kernel: Tensor; bias: Tensor }, x: Tensor): Tensor => x.dot(w.kernel).add(w.bias);
const loss = (w: { kernel: Tensor; bias: Tensor }, { x, y }: { x: Tensor; y: Tensor }): Tensor => square(line(w, x).sub(y)).mean();
const base = { weights, inputs, loss, optimizer: sgd({ learningRate: 0.05 }), seed: 3, dtype: "f64" } as const;

const quarter = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
const row = fc.tuple(quarter, quarter, quarter);
const batchOf = (rows: readonly (readonly number[])[]) => ({ x: rows.map(([a, b]) => [a!, b!]), y: rows.map(([, , y]) => [y!]) });
const batches = (count: number, size: number) => fc.array(fc.array(row, { minLength: size, maxLength: size }), { minLength: count, maxLength: count }); // prettier-ignore

test("a cell over sequences is learnt in a few lines, whose types need no cast", async () => {
  const cell = recurrence(gru());
  await using learner = await learn(backend, {
    weights: { cell: cell.weights({ input: 1, units: 8 }), kernel: { axes: { units: 8, out: 1 }, init: "glorotUniform" } },
    inputs: { x: { dtype: "float", axes: ["batch", "steps", "features"] }, y: "float" },
    optimizer: adam({ learningRate: 0.02, globalClipNorm: 1 }),
    loss: (w, { x, y }) => {
      const error = cell.run(w.cell, x).last.dot(w.kernel).sub(y);
      return { loss: square(error).mean(), measures: { bias: error.mean() } };
    },
  });
  const predict = learner.compile((w, x: Tensor) => cell.run(w.cell, x).last.dot(w.kernel));
  const x = Array.from({ length: 32 }, (_, i) => [0, 1, 2, 3, 4].map((t) => [Math.sin(i + t)]));
  const y = x.map((_, i) => [Math.sin(i + 5)]);
  await learner.step({ x, y });
  const first = await learner.measures();
  for (let i = 0; i < 100; i++) await learner.step({ x, y });
  const later = await learner.measures();
  expect(later.loss).toBeLessThan(first.loss / 4);
  expect((await learner.evaluate({ x, y })).loss).toBeLessThan(0.05);
  expect(Math.abs(later.bias)).toBeLessThan(0.2);
  expect((await learner.weights()).cell.wx.shape).toEqual([1, 24]);
  expect([learner.updates, learner.skipped, learner.executor]).toEqual([101, 0, expect.stringContaining("wasm")]);
  const [out] = await (await predict(x.slice(0, 1))).read();
  expect(Math.abs(out! - y[0]![0]!)).toBeLessThan(0.4);
});

test("an update follows the gradient of the loss, and measures are means over the batches", async () => {
  await fc.assert(
    fc.asyncProperty(batches(3, 4), async (rows) => {
      await using learner = await learn(backend, base);
      let { kernel, bias } = numbers(await learner.weights());
      const losses: number[] = [];
      for (const one of rows) {
        const errors = one.map(([a, b, y]) => a * kernel[0]! + b * kernel[1]! + bias[0]! - y);
        losses.push(mean(errors.map((e) => e * e)));
        const slope = (of: (i: number) => number): number => 0.05 * mean(errors.map((e, i) => 2 * e * of(i)));
        [kernel, bias] = [[0, 1].map((k) => kernel[k]! - slope((i) => one[i]![k]!)), [bias[0]! - slope(() => 1)]];
        await learner.step(batchOf(one));
      }
      const after = numbers(await learner.weights());
      for (const k of [0, 1]) expect(after.kernel[k]).toBeCloseTo(kernel[k]!, 10);
      expect(after.bias[0]).toBeCloseTo(bias[0]!, 10);
      expect((await learner.measures()).loss).toBeCloseTo(mean(losses), 10);
      expect(await learner.measures()).toEqual({ loss: Number.NaN }); // of no batches
    }),
    { numRuns: 10 },
  );
});

test("batches of one update come to what one batch of them all does, by their weights", async () => {
  const weighed = (w: { kernel: Tensor; bias: Tensor }, { x, y }: { x: Tensor; y: Tensor }) => ({ loss: loss(w, { x, y }), weight: constant(x.shape[0]!, [], "f64") }); // prettier-ignore
  for (const optimizer of [sgd({ learningRate: 0.05, momentum: 0.9 }), adamW({ clipNorm: 0.5 })])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(row, { minLength: 1, maxLength: 4 }), { minLength: 6, maxLength: 6 }), async (rows) => {
        await using parts = await learn(backend, { ...base, loss: weighed, optimizer, gradientAccumulationSteps: 3 });
        await using whole = await learn(backend, { ...base, optimizer });
        for (const one of rows) await parts.step(batchOf(one));
        for (const at of [0, 3]) await whole.step(batchOf(rows.slice(at, at + 3).flat()));
        expect([parts.updates, whole.updates]).toEqual([2, 2]);
        close(await parts.weights(), await whole.weights(), 1e-9);
      }),
      { numRuns: 5 },
    );
});

test("weights that do not train keep their bits, and cost neither gradient nor arrays of the optimizer", async () => {
  await using learner = await learn(backend, { ...base, optimizer: adam(), groups: [{ weights: "kernel", trainable: false }] });
  const before = await learner.weights();
  for (let i = 0; i < 5; i++) await learner.step(batchOf([[1, 2, 3], [0, 1, -1]])); // prettier-ignore
  const after = await learner.weights();
  expect(after.kernel).toEqual(before.kernel);
  expect(after.bias).not.toEqual(before.bias);
  const { slots, weights: all } = await learner.checkpoint();
  expect([Object.keys(all), Object.keys(slots["m"]!)]).toEqual([["bias", "kernel"], ["bias"]]);
  await learner.setWeights(before);
  expect(await learner.weights()).toEqual(before);
});

test("weights in lists, whose names are numbers, have roles like any others", async () => {
  const list = [weights.kernel, weights.bias] as const;
  const named = ({ x, y }: { x: Tensor; y: Tensor }, kernel: Tensor, bias: Tensor) => loss({ kernel, bias }, { x, y });
  for (const groups of [[{ weights: "0", trainable: false }], [{ weights: "0", weightDecay: false }], [{ weights: "0", l2: 3 }]]) {
    const optimizer = adamW({ clipNorm: 0.01, weightDecay: 0.3, learningRate: 0.1 });
    await using learner = await learn(backend, { ...base, weights: list, optimizer, groups, loss: ([k, b], batch) => named(batch, k, b) });
    const { inputs: _, ...same } = base;
    await using record = await learn(backend, {
      ...same,
      inputs,
      optimizer,
      groups: groups.map((group) => ({ ...group, weights: "kernel" })),
    });
    const [kernel, bias] = await learner.weights();
    await record.setWeights({ kernel, bias });
    for (const batch of [batchOf([[1, 2, 3]]), batchOf([[2, 0, 1]])]) await Promise.all([learner.step(batch), record.step(batch)]); // prettier-ignore
    expect(await learner.weights()).toEqual(Object.values(await record.weights()));
  }
});

test("weight decay holds for the weights of no group and of those that say so", async () => {
  const decaying = adamW({ weightDecay: 0.5, learningRate: 0.1 });
  const plain = adam({ learningRate: 0.1 });
  const after = async (optimizer: Optimizer, groups: Parameters<typeof learn>[1]["groups"] = []) => {
    await using learner = await learn(backend, { ...base, optimizer, groups });
    await learner.step(batchOf([[1, 2, 3]]));
    return await learner.weights();
  };
  const [both, none] = [await after(decaying), await after(plain)];
  for (const names of ["bias", /^b/, ["bias", /no such/y].slice(0, 1)]) {
    const some = await after(decaying, [{ weights: names, weightDecay: false }]);
    expect(some).toEqual({ kernel: both.kernel, bias: none.bias });
  }
  expect(await after(decaying, [{ weights: /./, weightDecay: false }])).toEqual(none);
});

test("l1 and l2 are what their sums added to the loss are", async () => {
  const groups = [{ weights: "kernel", l1: 0.3, l2: 0.2 }, { weights: "bias", l2: 0.1 }]; // prettier-ignore
  const priced: typeof loss = (w, batch) =>
    loss(w, batch).add(absolute(w.kernel).sum().mul(0.3)).add(square(w.kernel).sum().mul(0.2)).add(square(w.bias).sum().mul(0.1));
  await using given = await learn(backend, { ...base, groups });
  await using written = await learn(backend, { ...base, loss: priced });
  const batch = batchOf([[1, 2, 3], [-1, 0.5, 0]]); // prettier-ignore
  for (let i = 0; i < 4; i++) await Promise.all([given.step(batch), written.step(batch)]);
  close(await given.weights(), await written.weights(), 1e-12);
  const [a, b] = await Promise.all([given.measures(), written.measures()]);
  expect(a.loss).toBeCloseTo(b.loss, 10);
  expect((await given.evaluate(batch)).loss).toBeCloseTo((await written.evaluate(batch)).loss, 10);
});

test("a state goes on from batch to batch, stays in evaluation, and is set and reset by one call", async () => {
  const cell = recurrence(lstm());
  const start = { h: [[0, 0, 0]], c: new Float32Array(3) };
  await using learner = await learn(backend, {
    weights: cell.weights({ input: 1, units: 3 }),
    inputs: { x: "float" },
    state: { h: start.h, c: { dtype: "f32", shape: [1, 3], data: start.c } },
    optimizer: sgd({ learningRate: 0 }),
    loss: (w, { x }, { state }) => {
      const run = cell.run(w, x, { state });
      return { loss: run.last.mean(), state: run.state };
    },
  });
  const whole = learner.compile((w, x: Tensor) => cell.run(w, x).state);
  const x = [0.5, -1, 2, 0.25, 1, -0.5].map((v) => [v]);
  for (const at of [0, 2, 4]) await learner.step({ x: [x.slice(at, at + 2)] });
  const there = await whole([x]);
  const read = { h: await there.h.read(), c: await there.c.read() };
  const state = await learner.state();
  expect(state.h.data).toEqual(read.h);
  expect(state.c).toEqual({ dtype: "f32", shape: [1, 3], data: read.c });
  await learner.evaluate({ x: [x] });
  expect(await learner.state()).toEqual(state);
  await learner.resetState();
  expect((await learner.state()).h.data).toEqual(new Float32Array(3));
  await learner.setState(state);
  expect(await learner.state()).toEqual(state);
  await expect(learner.setState({ h: [[0, 0]], c: state.c })).rejects.toMatchObject({ code: "SHAPE_MISMATCH" });
  await expect(learner.setState({ h: state.h } as unknown as typeof state)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(await learner.state()).toEqual(state);
});

test("masks are drawn for each batch in training alone", async () => {
  await using learner = await learn(backend, {
    ...base,
    masks: { x: { shape: [2], rate: 0.5 } },
    optimizer: sgd({ learningRate: 0 }),
    loss: (w, { x, y }, { masks, training }) => ({
      loss: loss(w, { x: masks.x === undefined ? x : x.mul(masks.x), y }),
      measures: { kept: masks.x?.mean() ?? constant(training ? -1 : 1, [], "f64") },
    }),
  });
  const batch = batchOf(Array.from({ length: 64 }, () => [1, 1, 0]));
  const kept: number[] = [];
  for (let i = 0; i < 5; i++) {
    await learner.step(batch);
    kept.push((await learner.measures()).kept);
  }
  expect(new Set(kept).size).toBe(5);
  expect(Math.abs(mean(kept) - 1)).toBeLessThan(0.3); // 640 draws of 0 or 2
  expect((await learner.evaluate(batch)).kept).toBe(1);
});

test("verbs take effect in the order of their calls, awaited or not", async () => {
  await using learner = await learn(backend, base);
  await using awaited = await learn(backend, base);
  const rows = Array.from({ length: 7 }, (_, i) => batchOf([[i, 1, 2 * i]]));
  const done = rows.map((batch) => learner.step(batch));
  const weightsThen = learner.weights();
  void learner.setWeights(await awaited.weights());
  for (const batch of rows) await awaited.step(batch);
  await Promise.all(done);
  expect(await weightsThen).toEqual(await awaited.weights());
  expect(await learner.weights()).not.toEqual(await awaited.weights());
});

test("a batch that is not sound is left out with all after it, and learning goes on from before it", async () => {
  for (const steps of [1, 3]) {
    await using learner = await learn(backend, { ...base, gradientAccumulationSteps: steps });
    await using untouched = await learn(backend, { ...base, gradientAccumulationSteps: steps });
    const good = [1, 2, 3, 4].map((i) => batchOf([[i, 1, -i]]));
    for (const each of [learner, untouched]) for (const batch of good) await each.step(batch);
    await learner.step({ x: [[Number.NaN, 1]], y: [[1]] });
    for (const batch of good) await learner.step(batch);
    await expect(learner.measures()).rejects.toMatchObject({ code: "NOT_FINITE", message: expect.stringContaining("in batch 5; it and the 4 after it") }); // prettier-ignore
    expect(await learner.weights()).toEqual(await untouched.weights());
    expect(learner.updates).toBe(untouched.updates);
    for (const each of [learner, untouched]) for (const batch of good) await each.step(batch);
    expect(await learner.weights()).toEqual(await untouched.weights());
  }
});

test("with skipUnsound such a batch is left out alone, and counted", async () => {
  for (const steps of [1, 2]) {
    const options = { ...base, gradientAccumulationSteps: steps, skipUnsound: true };
    await using learner = await learn(backend, options);
    const good = batchOf([[1, 1, -1]]);
    const bad = { x: [[Infinity, 1]], y: [[1]] };
    for (const batch of [good, bad, good, good]) await learner.step(batch);
    await using without = await learn(backend, steps === 1 ? options : { ...options, gradientAccumulationSteps: 1 });
    for (const batch of steps === 1 ? [good, good, good] : [good, good]) await without.step(batch); // the same batch twice has the gradient of one
    close(await learner.weights(), await without.weights(), 1e-12);
    expect((await learner.measures()).loss).toBeGreaterThan(0);
    expect(learner.skipped).toBe(1);
  }
});

function numbers(tree: Readonly<Record<"kernel" | "bias", HostArray>>): { kernel: number[]; bias: number[] } {
  return { kernel: [...tree.kernel.data], bias: [...tree.bias.data] };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

function absolute(x: Tensor): Tensor {
  return x.mul(x.greater(0).mul(2).sub(1));
}

function close(got: unknown, want: unknown, tolerance: number): void {
  const of = (tree: unknown) => leavesOf(tree, (value) => typeof value === "object" && value !== null && "data" in value) as [string, HostArray][]; // prettier-ignore
  const wanted = new Map(of(want));
  for (const [path, { data }] of of(got)) data.forEach((v, i) => expect(Math.abs(v - wanted.get(path)!.data[i]!)).toBeLessThan(tolerance));
}

export type Known = Learner<typeof weights, typeof inputs, object, never>;
