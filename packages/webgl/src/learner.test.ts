import { gru, recurrence, square, type Backend } from "@sluice/core";
import { open as openCpu } from "@sluice/cpu";
import { adam, learn } from "@sluice/nn";
import { expect, test } from "vitest";
import { open } from "./open.ts";

const cell = recurrence(gru());

async function learnt(backend: Backend): Promise<readonly number[]> {
  await using learner = await learn(backend, {
    weights: { cell: cell.weights({ input: 1, units: 6 }), out: { axes: { units: 6, out: 1 }, init: "glorotUniform" } },
    inputs: { x: "float", y: "float" },
    state: { h: [Array.from({ length: 6 }, () => 0), Array.from({ length: 6 }, () => 0)] }, // prettier-ignore
    masks: { x: { shape: [3, 1], rate: 0.25 } },
    groups: [{ weights: "cell.b", trainable: false }, { weights: "out", l2: 0.01, weightNoise: 0.05 }, { weights: "cell.wh", weightDrop: 0.3 }], // prettier-ignore
    gradientAccumulationSteps: 2,
    optimizer: adam({ learningRate: 0.05, globalClipNorm: 1, beta1: (step) => 0.9 - step / 10, swaStart: 1 }),
    loss: (w, { x, y }, { state, masks }) => {
      const run = cell.run(w.cell, masks.x === undefined ? x : x.mul(masks.x), { state });
      return { loss: square(run.last.dot(w.out).sub(y)).mean(), state: run.state };
    },
  });
  for (let i = 0; i < 8; i++)
    await learner.step({ x: [0, 1].map((row) => [0, 1, 2].map((t) => [Math.sin(i + row + t)])), y: [[0.5], [i / 8]] });
  const { weights, slots, state, measured } = await learner.checkpoint();
  const arrays = [weights, slots["weightAverage"] ?? {}, state].flatMap((all) => Object.values(all));
  return arrays.flatMap(({ data }) => [...data]).concat(measured.partial);
}

test.each(["webgl2", "webgl"] as const)("on %s a learner comes to what it does on cpu, as far as rounding lets it", async (mode) => {
  const [gpu, cpu] = [await open({ modes: [mode] }), await openCpu()];
  const [got, want] = [await learnt(gpu), await learnt(cpu)];
  expect(got).toHaveLength(want.length);
  got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(2e-3)); // four updates of at most 0.05 each
  await gpu.close();
  await cpu.close();
});
