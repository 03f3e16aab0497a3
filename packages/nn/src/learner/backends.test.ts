import { lstm, oneHot, recurrence, square, type Backend } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { open as openWorkers } from "@sluice/workers";
import { expect, test } from "vitest";
import { adamW, learn } from "../index.ts";

const cell = recurrence(lstm());
const batches = Array.from({ length: 6 }, (_, i) => ({ x: [[[Math.sin(i)], [Math.cos(i)]], [[i / 9], [-1]]], y: [i % 3, 1] })); // prettier-ignore

/** All that a learner has in one: state, masks, noise, groups, weights that are perturbed, accumulation, an average, a moving momentum, measures. */
async function learnt(backend: Backend, dtype: "f32" | "f64"): Promise<readonly number[]> {
  await using learner = await learn(backend, {
    weights: { cell: cell.weights({ input: 1, units: 20 }), out: { axes: { units: 20, out: 3 }, init: "glorotUniform" } },
    inputs: { x: "float", y: "i32" },
    state: { h: new Float32Array(40), c: new Float32Array(40) },
    masks: { x: { shape: [2, 1], rate: 0.25 }, noise: { shape: [2, 1], mean: 0, deviation: 0.1 } },
    groups: [{ weights: "cell.b", trainable: false }, { weights: "out", weightDecay: false, l2: 0.01, weightNoise: 0.05 }, { weights: "cell.wh", weightDrop: 0.3 }], // prettier-ignore
    gradientAccumulationSteps: 2,
    optimizer: adamW({
      learningRate: 0.05,
      globalClipNorm: 1,
      beta1: (step) => 0.9 - step / 10,
      useEma: true,
      emaMomentum: 0.7,
      emaOverwriteFrequency: 2,
    }),
    dtype,
    seed: 2,
    loss: (w, { x, y }, { state, masks }) => {
      const [h, c] = [state.h.reshape([2, 20]), state.c.reshape([2, 20])];
      const seen = masks.noise === undefined ? x : x.add(masks.noise);
      const run = cell.run(w.cell, masks.x === undefined ? seen : seen.mul(masks.x), { state: { h, c } });
      const error = run.last.dot(w.out).sub(oneHot(y, 3, dtype));
      return { loss: square(error).mean(), measures: { error: error.mean() }, state: { h: run.state.h.reshape([40]), c: run.state.c.reshape([40]) } }; // prettier-ignore
    },
  });
  for (const batch of batches) await learner.step(batch);
  const { weights, slots, state, measured } = await learner.checkpoint();
  return [weights, slots["weightAverage"] ?? {}, state]
    .flatMap((arrays) => Object.values(arrays))
    .flatMap(({ data }) => [...data])
    .concat(measured.partial);
}

test.each([
  ["reference", openReference],
  ["cpu", openCpu],
  ["workers", () => openWorkers({ threads: 2, threshold: 0 })],
] as const)("on %s a learner comes to what the reference does in f64, as far as f32 goes", async (_, open) => {
  const [backend, reference] = [await open(), await openReference()];
  const [got, want] = [await learnt(backend, "f32"), await learnt(reference, "f64")];
  expect(got).toHaveLength(want.length);
  got.forEach((value, i) => expect(Math.abs(value - want[i]!)).toBeLessThan(1e-3)); // six batches of updates of at most 0.05 each
  expect(want.some((value) => Math.abs(value) > 0.1)).toBe(true);
  await backend.close();
});
