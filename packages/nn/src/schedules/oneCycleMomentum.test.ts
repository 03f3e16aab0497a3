// Momenta as PyTorch 2.13.0's OneCycleLR has them in float64, and what its optimizers come to by them.
import type { SluiceError } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { adam, adamW } from "../optimizers/adam.ts";
import { adamax } from "../optimizers/adamax.ts";
import { lamb } from "../optimizers/lamb.ts";
import { lion } from "../optimizers/lion.ts";
import { nadam } from "../optimizers/nadam.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { rmsprop } from "../optimizers/rmsprop.ts";
import { sgd } from "../optimizers/sgd.ts";
import { updates } from "../testing/updating.ts";
import { oneCycle } from "./oneCycle.ts";
import { oneCycleMomentum } from "./oneCycleMomentum.ts";
import type { Schedule } from "./schedule.ts";

const totalSteps = 60;
const steps = [0, 1, 5, 10, 16, 17, 18, 19, 30, 36, 45, 59];
const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>);

test.each<readonly [title: string, schedule: Schedule, momenta: readonly number[]]>([
  ["by cosines", oneCycleMomentum({ totalSteps }), [0.95, 0.9491486549841951, 0.9301317318189628, 0.8863168504963959, 0.8508513450158048, 0.85, 0.850139810140941, 0.8505584586887436, 0.8718339970968189, 0.8925478866911912, 0.9249999999999999, 0.95]],
  ["in lines", oneCycleMomentum({ totalSteps, annealStrategy: "linear" }), [0.95, 0.9441176470588235, 0.9205882352941176, 0.8911764705882352, 0.8558823529411764, 0.85, 0.8523809523809524, 0.8547619047619047, 0.8809523809523809, 0.8952380952380952, 0.9166666666666666, 0.95]],
  ["in three phases", oneCycleMomentum({ totalSteps, threePhase: true }), [0.95, 0.9491486549841951, 0.9301317318189628, 0.8863168504963959, 0.8508513450158048, 0.85, 0.8508513450158048, 0.8533763885297821, 0.9369504458610329, 0.95, 0.95, 0.95]],
  ["in three lines", oneCycleMomentum({ totalSteps, threePhase: true, annealStrategy: "linear", baseMomentum: 0.7, maxMomentum: 0.9, pctStart: 0.25 }), [0.9, 0.8857142857142857, 0.8285714285714285, 0.7571428571428571, 0.7285714285714285, 0.7428571428571429, 0.7571428571428571, 0.7714285714285714, 0.9, 0.9, 0.9, 0.9]],
])("OneCycleLR %s has PyTorch's momenta", (_, schedule, momenta) => {
  steps.forEach((step, i) => expect(schedule(step)).toBeCloseTo(momenta[i]!, 14));
  expect(schedule(1e6)).toBeCloseTo(momenta.at(-1)!, 14);
}); // prettier-ignore

const backend = await open();
const start = [1, -2, 0.5];
const gradients = [[0.5, -1.25, 0], [-0.75, 0.5, 0], [2, 0.25, -1.5], [0, -3, 0.125], [1, 1, 1], [-0.25, 0.75, -2]]; // prettier-ignore
const cycle = { totalSteps: 6, pctStart: 0.5 };
const momentum = oneCycleMomentum(cycle);
const moved = { learningRate: oneCycle({ maxLearningRate: 0.05, ...cycle }), beta1: momentum, beta2: 0.95, epsilon: 1e-2 };
const atRoot = { ...moved, epsilonAt: "correctedRoot" } as const;

test.each<readonly [title: string, optimizer: Optimizer, weights: readonly number[]]>([
  ["Adam", adam(atRoot), [0.955497587415774, -1.9779324490726338, 0.5580622863023909]],
  ["AdamW", adamW({ ...atRoot, weightDecay: 0.1 }), [0.9428198278249177, -1.9524789140181644, 0.5515025577932677]],
  ["NAdam", nadam({ ...moved, momentumDecay: 0.004 }), [0.9559587484874218, -1.9797250712922103, 0.5511243124020275]],
  ["SGD, Nesterov, at one rate", sgd({ learningRate: 0.05, momentum, nesterov: true }), [0.5152323808593751, -1.5236643432617187, 0.8384478515625]],
  ["RMSprop, at one rate", rmsprop({ learningRate: 0.05, rho: 0.8, epsilon: 1e-3, momentum, epsilonAt: "root" }), [0.41812628336607444, -1.5637703899970334, 0.8089598308986572]],
])("PyTorch's %s comes to the same weights in a cycle", async (_, optimizer, weights) => {
  const got = await updates(backend, optimizer, start, gradients);
  got.forEach((weight, i) => expect(weight).toBeCloseTo(weights[i]!, 12));
}); // prettier-ignore

const { beta1: _, ...others } = moved;
const bothWays: readonly (readonly [title: string, of: (momentum: number | Schedule) => Optimizer])[] = [
  ["sgd", (given) => sgd({ momentum: given })],
  ["rmsprop", (given) => rmsprop({ momentum: given })],
  ["adam", (given) => adam({ ...others, beta1: given })],
  ["adamW", (given) => adamW({ ...others, beta1: given })],
  ["adamax", (given) => adamax({ ...others, beta1: given })],
  ["nadam", (given) => nadam({ ...others, beta1: given })],
  ["lamb", (given) => lamb({ ...others, beta1: given })],
  ["lion", (given) => lion({ beta1: given })],
];

test.each(bothWays)("a schedule that stays is %s with that number, which costs no number for each update", async (_, of) => {
  const [plain, scheduled] = [of(0.8), of(() => 0.8)];
  expect(scheduled.hyperLength).toBe(plain.hyperLength + 1);
  const [expected, got] = [await updates(backend, plain, start, gradients), await updates(backend, scheduled, start, gradients)];
  got.forEach((weight, i) => expect(weight).toBeCloseTo(expected[i]!, 13));
});

test.each(bothWays)("what a schedule gives %s outside [0, 1) is refused by its name and step", (_, of) => {
  const into = new Float64Array(8);
  for (const wrong of [1, -0.1, Number.NaN]) {
    expect(() => of(wrong)).toThrow(refused);
    expect(() => of(() => wrong).hyper(3, into)).toThrow(/(momentum|beta1) at step 3/);
  }
  expect(() => oneCycleMomentum({ totalSteps, baseMomentum: 1 })).toThrow(refused);
  expect(() => oneCycleMomentum({ totalSteps, threePhase: true, pctStart: 0.6 })).toThrow(refused);
});
