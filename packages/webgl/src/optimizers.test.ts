// Every optimizer on the GPU: it comes to what it does on cpu.
import { square, type Backend } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { adadelta, adagrad, adam, adamax, ftrl, lamb, learn, lion, nadam, rmsprop, sgd, type Optimizer } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const optimizers: readonly (() => Optimizer)[] = [
  () => sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  () => rmsprop({ centered: true, momentum: 0.5 }),
  ...[() => adagrad({ learningRate: 0.1 }), () => adadelta({ learningRate: 1 }), () => adam({ amsgrad: true })],
  ...[adamax, nadam, lion, () => ftrl({ learningRate: 0.1, learningRatePower: -0.4 }), () => lamb({ learningRate: 0.01 })],
];

async function learnt(backend: Backend, optimizer: Optimizer): Promise<readonly number[]> {
  await using learner = await learn(backend, {
    weights: { kernel: { axes: { input: 2, units: 3 }, init: "glorotUniform" }, bias: { axes: { units: 3 }, init: "zeros" } },
    inputs: { x: "float", y: "float" },
    loss: (w, { x, y }) => square(x.dot(w.kernel).add(w.bias).sub(y)).mean(),
    ...{ optimizer, seed: 1 },
  });
  for (let i = 0; i < 4; i++) await learner.step({ x: [[Math.sin(i), 1], [0.5, Math.cos(i)]], y: [[i % 3, 1, 0], [1, -1, 0.5]] }); // prettier-ignore
  return Object.values((await learner.checkpoint()).weights).flatMap(({ data }) => [...data]);
}

test("each optimizer comes to what it does on cpu, as far as rounding lets it", async () => {
  const [gpu, cpu] = [await open(), await openCpu()];
  for (const make of optimizers) {
    const [got, want] = [await learnt(gpu, make()), await learnt(cpu, make())];
    got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(1e-4));
  }
  await gpu.close();
  await cpu.close();
});
