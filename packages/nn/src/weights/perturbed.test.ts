// Noise on weights and dropped weights: what a loss sees, what its gradient moves, and that evaluation and Programs without them know nothing of it.
import { random, square, type Backend, type Program } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { dense, learn, lstm, sequential, sgd, type WeightGroup } from "../index.ts";

const backend = await open();
const start = [1, -2, 0.5, 3];
const learningRate = 0.25;

/** Half the square of w, whose gradient is w as it was seen. */
async function learner(group: Omit<WeightGroup, "weights">, on: Backend = backend) {
  const made = await learn(on, {
    weights: { w: { axes: { rows: 2, columns: 2 }, init: "zeros" }, other: { axes: { units: 1 }, init: "ones" } },
    inputs: { x: "float" },
    groups: [{ weights: "w", ...group }],
    optimizer: sgd({ learningRate }),
    dtype: "f64",
    seed: 7,
    loss: ({ w, other }, { x }) => square(w).sum().div(2).add(other.mul(x).sum()),
  });
  await made.setWeights({ w: { dtype: "f64", shape: [2, 2], data: Float64Array.from(start) }, other: { dtype: "f64", shape: [1], data: Float64Array.of(1) } }); // prettier-ignore
  return made;
}

test("noise is added to what the loss sees, and its gradient moves the weight as it is: w − α (w + n)", async () => {
  await using made = await learner({ weightNoise: 0.5 });
  const stream = random(7).child("dropout weightNoise w"); // as layers' noise is drawn: by seed, name and batch
  let expected = start;
  for (let step = 0; step < 3; step++) {
    await made.step({ x: [0] });
    const noise = stream.child(`${step}`).normal(4, 0, 0.5);
    expected = expected.map((w, i) => w - learningRate * (w + noise[i]!));
    (await made.weights()).w.data.forEach((w, i) => expect(w).toBeCloseTo(expected[i]!, 12));
  }
  const { loss } = await made.evaluate({ x: [0] });
  expect(loss).toBeCloseTo(
    expected.reduce((sum, w) => sum + (w * w) / 2, 0),
    12,
  ); // without noise
});

test("an element that is dropped has no gradient, and the others are seen as many times as large as keeps the mean", async () => {
  await using made = await learner({ weightDrop: 0.75 });
  const stream = random(7).child("dropout weightDrop w"),
    scale = 4;
  let expected = start;
  for (let step = 0; step < 4; step++) {
    await made.step({ x: [0] });
    const kept = [...stream.child(`${step}`).uniform(4)].map((u) => u >= 0.75);
    expected = expected.map((w, i) => (kept[i] ? w - learningRate * scale * scale * w : w)); // d ½(mw)² = m² w
    (await made.weights()).w.data.forEach((w, i) => expect(w).toBeCloseTo(expected[i]!, 10));
  }
  expect(expected).not.toEqual(start);
});

test("both at once are w ∘ m + n, and what no group names is left alone", async () => {
  await using made = await learner({ weightDrop: 0.5, weightNoise: 0.1 });
  await made.step({ x: [2] });
  const mask = [...random(7).child("dropout weightDrop w").child("0").uniform(4)].map((u) => (u < 0.5 ? 0 : 2)),
    noise = random(7).child("dropout weightNoise w").child("0").normal(4, 0, 0.1);
  const { w, other } = await made.weights();
  start.forEach((v, i) => expect(w.data[i]).toBeCloseTo(v - learningRate * mask[i]! * (v * mask[i]! + noise[i]!), 12));
  expect(other.data[0]).toBeCloseTo(1 - learningRate * 2, 12);
});

test("a model's recurrent kernel is dropped in a fit alone, by a mask that the seed tells, and off it is the same Program", async () => {
  const programs: Program[] = [];
  const watched: Backend = { ...backend, compile: (program) => (programs.push(program), backend.compile(program)) };
  const x = Array.from({ length: 6 }, (_, i) => [[Math.sin(i)], [Math.cos(i)], [i / 6]]),
    y = x.map(([first]) => first!);
  const fitted = async (groups: readonly WeightGroup[]) => {
    programs.length = 0;
    using trainer = await sequential([lstm({ units: 2 }), dense({ units: 1 })]).compile({ backend: watched, optimizer: sgd(), loss: "mse", groups }); // prettier-ignore
    await trainer.fit({ x, y }, { epochs: 2, batchSize: 3 });
    return { weights: await trainer.weights(), program: print(programs[0]!), predicted: await trainer.predict(x) };
  };
  const plain = await fitted([]);
  expect((await fitted([{ weights: "lstm.wh", weightNoise: 0, weightDrop: 0 }])).program).toBe(plain.program);
  const [one, other] = [await fitted([{ weights: "lstm.wh", weightDrop: 0.5 }]), await fitted([{ weights: "lstm.wh", weightDrop: 0.5 }])];
  expect(one).toEqual(other);
  expect(one.weights).not.toEqual(plain.weights);
  expect(one.program).not.toBe(plain.program);
});

test("numbers out of range, and noise on what does not train, are refused", async () => {
  for (const group of [
    { weightNoise: -1 },
    { weightDrop: 1 },
    { trainable: false, weightNoise: 0.1 },
    { trainable: false, weightDrop: 0.1 },
  ])
    await expect(learner(group)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
