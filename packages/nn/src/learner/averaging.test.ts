// Averages of the weights: figures that Keras 3.15.1 and PyTorch 2.13.0 print in float64, the law against a plain loop, and what costs nothing.
import { square, type Backend, type Program } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import fc from "fast-check";
import { expect, test } from "vitest";
import { adam, learn, rmsprop, sgd, type AveragingConfig, type Optimizer, type WeightGroup } from "../index.ts";

const backend = await open();
const start = [1, -2, 0.5];
const gradients = [[0.5, -1.25, 0], [-0.75, 0.5, 0], [2, 0.25, -1.5], [0, -3, 0.125], [1, 1, 1], [-0.25, 0.75, -2]]; // prettier-ignore

/** Weights w whose gradient is what the batch brings. */
function linear(optimizer: Optimizer) {
  return learn(backend, {
    weights: { w: { axes: { units: 3 }, init: "zeros" } },
    inputs: { g: "float" },
    optimizer,
    dtype: "f64",
    loss: ({ w }, { g }) => w.mul(g).sum(),
  });
}

async function after(optimizer: Optimizer, updates = gradients) {
  await using learner = await linear(optimizer);
  await learner.setWeights({ w: { dtype: "f64", shape: [3], data: Float64Array.from(start) } });
  for (const g of updates) await learner.step({ g });
  const [own, average] = [await learner.weights(), await learner.weights({ averaged: true })];
  return { own: [...own.w.data], average: [...average.w.data] };
}

const velocity = { learningRate: 0.05, momentum: 0.9 };
const overwritten = [0.8627741, -1.7978281249999999, 0.5676575];

test.each<readonly [title: string, optimizer: Optimizer, average: readonly number[], own: readonly number[]]>([
  ["Keras's use_ema", sgd({ ...velocity, useEma: true, emaMomentum: 0.8 }), [0.8336893, -1.781968125, 0.5969374999999999], [0.6100265, -1.578515625, 0.7459875]],
  ["Keras's use_ema, nothing else said,", sgd({ ...velocity, useEma: true }), [0.9666696027664999, -1.9280326657781253, 0.5059225980000001], []],
  ["Keras's ema_overwrite_frequency", sgd({ ...velocity, useEma: true, emaMomentum: 0.8, emaOverwriteFrequency: 3 }), overwritten, overwritten],
  ["PyTorch's get_ema_avg_fn", sgd({ learningRate: 0.05, useEma: true, emaMomentum: 0.8 }), [0.925672, -1.9139879999999998, 0.54323], []],
  ["PyTorch's AveragedModel", sgd({ learningRate: 0.05, swaStart: 1 }), [0.9149999999999999, -1.9100000000000001, 0.5562499999999999], []],
  ["PyTorch's AveragedModel of every second", sgd({ learningRate: 0.05, swaStart: 2, swaFrequency: 2 }), [0.8937499999999999, -1.86875, 0.59375], []],
])("%s comes to the same average", async (_, optimizer, average, own) => {
  const got = await after(optimizer);
  average.forEach((value, i) => expect(got.average[i]).toBeCloseTo(value, 13));
  own.forEach((value, i) => expect(got.own[i]).toBeCloseTo(value, 13));
}); // prettier-ignore

test("before the first update, and before a cycle has ended, the average is the weights", async () => {
  for (const averaging of [{ useEma: true }, { swaStart: 4, swaFrequency: 2 }] as const) {
    const first = await after(adam(averaging), []);
    expect(first.average).toEqual(start);
    const second = await after(adam(averaging), gradients.slice(0, 1));
    expect(second.average).toEqual(second.own);
    expect(second.own).not.toEqual(start);
  }
});

const x = [[0.5, -1], [2, 0.25], [-0.75, 1]]; // prettier-ignore
const batch = (i: number) => ({ x: x.map((row) => row.map((value) => value * Math.cos(i))), y: x.map(([a = 0]) => [Math.sin(a + i)]) });

interface Setup {
  readonly averaging: AveragingConfig;
  readonly group: Omit<WeightGroup, "weights"> | undefined;
  readonly every: number;
  readonly updates: number;
}

test("the average is that of a plain loop over the weights after each update: within constraints, frozen or not, over gathered batches", async () => {
  const averaging = fc.oneof<fc.Arbitrary<AveragingConfig>[]>(
    fc.record({ useEma: fc.constant(true), emaMomentum: fc.constantFrom(0, 0.5, 0.9, 1) }),
    fc.record({ swaStart: fc.nat({ max: 3 }), swaFrequency: fc.integer({ min: 1, max: 3 }) }),
  );
  const setup = fc.record<Setup>({
    averaging,
    group: fc.constantFrom({ trainable: false }, { constraint: { unitNorm: true } as const }, { weightDecay: false }, undefined),
    every: fc.integer({ min: 1, max: 2 }),
    updates: fc.integer({ min: 1, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(setup, async ({ averaging, group, every, updates }) => {
      await using learner = await learn(backend, {
        weights: { kernel: { axes: { input: 2, out: 1 }, init: "glorotUniform" }, bias: { axes: { out: 1 }, init: "zeros" } },
        inputs: { x: "float", y: "float" },
        optimizer: adam({ learningRate: 0.1, weightDecay: 0.1, ...averaging }),
        groups: group === undefined ? [] : [{ weights: "kernel", ...group }],
        gradientAccumulationSteps: every,
        dtype: "f64",
        loss: ({ kernel, bias }, { x, y }) => square(x.dot(kernel).add(bias).sub(y)).mean(),
      });
      const seen: number[][] = [];
      for (let i = 0; i < updates * every; i++) {
        await learner.step(batch(i));
        const { kernel, bias } = await learner.weights();
        if ((i + 1) % every === 0) seen.push([...kernel.data, ...bias.data]);
      }
      const { kernel, bias } = await learner.weights({ averaged: true });
      const expected = byLoop(averaging, seen);
      [...kernel.data, ...bias.data].forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
      const own = await learner.evaluate(batch(0));
      const measured = await learner.evaluate(batch(0), { averaged: true });
      const read = learner.compile((weights) => weights.bias, { averaged: true });
      expect([...(await (await read()).read())]).toEqual([...bias.data]);
      if (expected.every((value, i) => value === seen.at(-1)![i])) expect(measured.loss).toBe(own.loss);
    }),
    { numRuns: 12 },
  );
});

/** Izmailov et al. 2018's algorithm 1 as a mean of all that it averages, and Keras's moving average. */
function byLoop({ useEma = false, emaMomentum = 0, swaStart = 0, swaFrequency = 1 }: AveragingConfig, seen: readonly number[][]): number[] {
  if (useEma) return seen.slice(1).reduce((mean, w) => mean.map((m, i) => emaMomentum * m + (1 - emaMomentum) * w[i]!), seen[0]!);
  const counted = seen.filter((_, t) => t + 1 > swaStart && (t + 1 - swaStart) % swaFrequency === 0);
  if (counted.length === 0) return seen.at(-1)!;
  return counted[0]!.map((_, i) => counted.reduce((sum, w) => sum + w[i]!, 0) / counted.length);
}

test("an average that is not asked for adds nothing to the Program, and one that is adds no step", async () => {
  const programs: Program[] = [];
  const watched: Backend = { ...backend, compile: (program) => (programs.push(program), backend.compile(program)) };
  const programOf = async (averaging: AveragingConfig): Promise<Program> => {
    await using learner = await learn(watched, {
      weights: { w: { axes: { units: 3 }, init: "zeros" } },
      inputs: { g: "float" },
      optimizer: adam({ globalClipNorm: 1, ...averaging }),
      loss: ({ w }, { g }) => w.mul(g).sum(),
    });
    await learner.step({ g: start });
    return programs.at(-1)!;
  };
  const plain = await programOf({});
  expect(print(await programOf({ useEma: false, emaMomentum: 0.5, swaFrequency: 3 }))).toBe(print(plain));
  expect((await programOf({ useEma: true, emaOverwriteFrequency: 5 })).steps.length).toBe(plain.steps.length);
});

test("an optimizer that keeps an average of gradients keeps that of the weights beside it", async () => {
  const centered = { learningRate: 0.05, centered: true, momentum: 0.5 };
  const got = await after(rmsprop({ ...centered, useEma: true, emaMomentum: 0.8 }));
  const seen: number[][] = [];
  for (let n = 1; n <= gradients.length; n++) seen.push((await after(rmsprop({ ...centered, swaStart: 0 }), gradients.slice(0, n))).own);
  const expected = byLoop({ useEma: true, emaMomentum: 0.8 }, seen);
  got.average.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
});

test("two averages at once, one that is not kept, and numbers out of range are refused", async () => {
  const refused = (what: string) => expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) });
  expect(() => adam({ useEma: true, swaStart: 0 })).toThrow(refused("two averages"));
  expect(() => adam({ emaOverwriteFrequency: 5 })).toThrow(refused("useEma: true"));
  expect(() => sgd({ useEma: true, emaMomentum: 1.5 })).toThrow(refused("emaMomentum"));
  expect(() => sgd({ swaStart: -1 })).toThrow(refused("swaStart"));
  expect(() => sgd({ swaFrequency: 0 })).toThrow(refused("swaFrequency"));
  await using learner = await linear(sgd());
  for (const verb of [
    () => learner.weights({ averaged: true }),
    () => learner.evaluate({ g: start }, { averaged: true }),
    async () => learner.compile(({ w }) => w, { averaged: true }),
  ])
    await expect(verb()).rejects.toThrow(refused("{ useEma: true }"));
  await expect(learner.weights({ average: true } as never)).rejects.toThrow(refused("Did you mean averaged?"));
});
