// The adding problem (Hochreiter & Schmidhuber 1997, as Le et al. 2015 pose it): remember two numbers of a long sequence until its end, and add them.
import { random } from "@sluice/core";
import { batchesPerLook, batchSize, type Sequences, type Task } from "./task.ts";

/** Mean squared error of who always says 1: the variance of a sum of two uniform numbers, 1/12 each. */
export const errorOfTheMean = 1 / 6;

/** `heldOut` names the sequences that are tested on: others than "test" to tune by. */
export function addingProblem(steps: number, heldOut = "test"): Task {
  return {
    ...{ title: `adding over ${steps} steps`, steps, features: 2, outputs: 1, loss: "mse" },
    measure: { name: "mse", better: "lower" },
    ...{ solvedAt: 0.01, chance: errorOfTheMean },
    *training(seed, epoch) {
      for (let batch = 0; batch < batchesPerLook; batch++) yield sequences(batchSize, steps, `training ${seed} ${epoch} ${batch}`);
    },
    test: sequences(500, steps, heldOut),
  };
}

/** One marked number in each half of the steps. x [samples, steps, 2]: a number of 0 … 1, and 1 where it is one of the two. y [samples]: their sum. */
export function sequences(samples: number, steps: number, seed: string): Sequences {
  const source = random(seed),
    half = Math.floor(steps / 2);
  const data = new Float32Array(samples * steps * 2);
  const y = Array.from({ length: samples }, (_, row) => {
    const [first = 0, second = 0, ...values] = source.child(row).uniform(steps + 2);
    const marked = [Math.floor(first * half), half + Math.floor(second * (steps - half))];
    values.forEach((value, step) => data.set([value, marked.includes(step) ? 1 : 0], (row * steps + step) * 2));
    return marked.reduce((sum, step) => sum + (values[step] ?? 0), 0);
  });
  return { x: { dtype: "f32", shape: [samples, steps, 2], data }, y };
}
