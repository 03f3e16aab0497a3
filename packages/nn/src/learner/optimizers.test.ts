// Every optimizer in a learner: what it keeps, from where it starts, and what goes on from a checkpoint.
import { square, tanh, type Tensor } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import { afterAll, expect, test } from "vitest";
import {
  adadelta,
  adagrad,
  adam,
  adamax,
  ftrl,
  lamb,
  learn,
  lion,
  nadam,
  rmsprop,
  sgd,
  type LearnerCheckpoint,
  type Optimizer,
} from "../index.ts";

const backend = await openCpu();
afterAll(() => backend.close());

const optimizers: readonly (() => Optimizer)[] = [
  () => sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  () => rmsprop({ centered: true, momentum: 0.5 }),
  ...[() => adagrad({ learningRate: 0.1 }), () => adadelta({ learningRate: 1 }), () => adam({ amsgrad: true })],
  ...[adamax, nadam, lion, () => ftrl({ learningRate: 0.1, l1RegularizationStrength: 0.01 }), () => lamb({ learningRate: 0.01 })],
];

const batches = Array.from({ length: 5 }, (_, i) => ({ x: [[Math.sin(i), Math.cos(i)], [i / 9, -1]], y: [[i % 3], [1]] })); // prettier-ignore
const learner = (on: Parameters<typeof learn>[0], optimizer: Optimizer, dtype: "f32" | "f64", from?: LearnerCheckpoint) =>
  learn(on, {
    weights: {
      kernel: { axes: { input: 2, units: 3 }, init: "glorotUniform" },
      bias: { axes: { units: 3 }, init: "zeros" },
      out: { axes: { units: 3, out: 1 }, init: "glorotUniform" },
    },
    inputs: { x: "float", y: "float" },
    loss: (w, { x, y }) => square(tanh(x.dot(w.kernel).add(w.bias)).dot(w.out).sub(y)).mean(),
    groups: [{ weights: "bias", weightDecay: false }],
    gradientAccumulationSteps: 2,
    ...{ optimizer, dtype, from, seed: 1 },
  });

test("each goes on from a checkpoint amid an update, as JSON may carry it, to the bit", async () => {
  for (const make of optimizers) {
    await using whole = await learner(backend, make(), "f32");
    await using first = await learner(backend, make(), "f32");
    for (const batch of batches) await whole.step(batch);
    for (const batch of batches.slice(0, 3)) await first.step(batch);
    await using second = await learner(backend, make(), "f32", await first.checkpoint());
    for (const batch of batches.slice(3)) await second.step(batch);
    expect(await second.checkpoint()).toEqual(await whole.checkpoint());
  }
});

test.each([
  ["reference", openReference],
  ["cpu", openCpu],
  ["workers", () => openWorkers({ threads: 2, threshold: 0 })],
] as const)("on %s each comes to what the reference does in f64, as far as f32 goes", async (_, open) => {
  const [on, reference] = [await open(), await openReference()];
  for (const make of optimizers) {
    await using got = await learner(on, make(), "f32");
    await using want = await learner(reference, make(), "f64");
    for (const batch of batches.slice(0, 4)) await Promise.all([got.step(batch), want.step(batch)]);
    const [numbers, right] = [await flat(got), await flat(want)];
    numbers.forEach((value, i) => expect(Math.abs(value - right[i]!)).toBeLessThan(1e-4));
  }
  await on.close();
});

async function flat(one: { checkpoint(): Promise<LearnerCheckpoint> }): Promise<readonly number[]> {
  return Object.values((await one.checkpoint()).weights).flatMap(({ data }) => [...data]);
}

/** Each batch brings its gradient. */
const given = (optimizer: Optimizer, groups: Parameters<typeof learn>[1]["groups"] = []) =>
  learn(backend, {
    weights: { w: { axes: { n: 3 }, init: "zeros" }, other: { axes: { n: 2 }, init: "ones" } },
    inputs: { g: "float" },
    loss: (w, { g }: { g: Tensor }) => w.w.mul(g.at(0, 0)).sum(),
    ...{ optimizer, groups, dtype: "f64" },
  });
const numbers = (...data: number[]) => ({ dtype: "f64", shape: [data.length], data: Float64Array.from(data) }) as const;
const gradients = [[0.5, -1.25, 0], [-0.75, 0.5, 0], [2, 0.25, -1.5], [0, -3, 0.125], [1, 1, 1], [-0.25, 0.75, -2]]; // prettier-ignore

test("PyTorch's weight_decay is half as much l2 in groups", async () => {
  await using learner = await given(sgd({ learningRate: 0.05, momentum: 0.9 }), [{ weights: "w", l2: 0.05 }]);
  await learner.setWeights({ w: numbers(1, -2, 0.5), other: numbers(1, 1) });
  for (const g of gradients) await learner.step({ g: [g] });
  const figures = [0.5274524439672812, -1.4119426751728827, 0.6991468078273515]; // torch 2.13.0, SGD(lr=0.05, momentum=0.9, weight_decay=0.1)
  [...(await learner.weights()).w.data].forEach((weight, i) => expect(weight).toBeCloseTo(figures[i]!, 12));
});

test("arrays start where their optimizer says, and nowhere else", async () => {
  await using learner = await given(ftrl({ initialAccumulatorValue: 0.25 }));
  const { slots } = await learner.checkpoint();
  expect(slots["accumulator"]!["w"]!.data).toEqual(new Float64Array(3).fill(0.25));
  expect(slots["linear"]!["w"]!.data).toEqual(new Float64Array(3));
});

test("LAMB's ratio is of each weight, also of those that do not decay", async () => {
  const optimizer = lamb({ learningRate: 0.5, weightDecay: 0.5, epsilon: 1e-12 });
  await using learner = await given(optimizer, [{ weights: "other", weightDecay: false }]);
  await learner.setWeights({ w: numbers(2, 2, 2), other: numbers(7, 9) });
  await learner.step({ g: [[3, 3, 3]] });
  const { w, other } = await learner.weights();
  for (const weight of w.data) expect(weight).toBeCloseTo(1.5 - 0.5 * 1.5, 10); // decayed by a quarter, then by half its size
  expect([...other.data]).toEqual([7, 9]);
});
