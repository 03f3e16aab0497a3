// Handwritten digits, one point of ink after the other (Le et al. 2015): the first stroke must be remembered to the last. Of 28 × 28 points each four are one, so that there are 196 steps.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { random } from "@sluice/core";
import { batchSize, type Sequences, type Task } from "./task.ts";

const side = 28;
const points = (side / 2) ** 2;
const classes = 10;
/** Of each digit the first so many are to learn from, the others to be tested on. */
const learnt = 0.8;
/** Sequences in an epoch, drawn without the same twice. */
const perLook = 50 * batchSize;

interface Digit {
  readonly label: number;
  /** 0 … 1 */
  readonly ink: Float32Array;
}

/** 10,000 digits of MNIST, as the package `mnist` has them. */
export async function digits(): Promise<Task> {
  const all = await Promise.all(Array.from({ length: classes }, (_, label) => read(label)));
  const parts = all.map((list) => [list.slice(0, Math.floor(list.length * learnt)), list.slice(Math.floor(list.length * learnt))] as const);
  const [train, test] = [parts.flatMap(([first]) => first), parts.flatMap(([, last]) => last)];
  const inOrder = random("test digits").permutation(test.length);
  return {
    ...{ title: `digits, one of ${points} points after the other`, steps: points, features: 1, outputs: classes },
    ...{ loss: "sparseCategoricalCrossentropy", measure: { name: "accuracy", better: "higher" }, solvedAt: 0.9, chance: 1 / classes },
    *training(seed, epoch) {
      const order = random(`digits ${seed} ${epoch}`).permutation(train.length);
      for (let from = 0; from < perLook; from += batchSize)
        yield sequences(Array.from(order.subarray(from, from + batchSize), (i) => train[i]));
    },
    test: sequences(Array.from(inOrder.subarray(0, 1000), (i) => test[i])),
  };
}

async function read(label: number): Promise<readonly Digit[]> {
  const path = createRequire(import.meta.url).resolve(`mnist/src/digits/${label}.json`);
  const { data } = JSON.parse(await readFile(path, "utf8")) as { readonly data: readonly number[] };
  return Array.from({ length: Math.floor(data.length / side ** 2) }, (_, i) => ({ label, ink: halved(data, i * side ** 2) }));
}

/** The mean of each four points that lie together. */
function halved(data: readonly number[], from: number): Float32Array {
  return Float32Array.from({ length: points }, (_, at) => {
    const top = from + 2 * Math.floor(at / (side / 2)) * side + 2 * (at % (side / 2));
    return [0, 1, side, side + 1].reduce((sum, offset) => sum + (data[top + offset] ?? 0), 0) / 4;
  });
}

function sequences(list: readonly (Digit | undefined)[]): Sequences {
  const found = list.filter((digit) => digit !== undefined);
  const data = new Float32Array(found.length * points);
  found.forEach(({ ink }, row) => data.set(ink, row * points));
  return { x: { dtype: "f32", shape: [found.length, points, 1], data }, y: found.map(({ label }) => label) };
}
