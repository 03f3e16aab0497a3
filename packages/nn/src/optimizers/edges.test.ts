// What an update is made of, and what it does where numbers are 0, huge, or out of range.
import { compile, type Program, type SluiceError } from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { slotsOf, updateBy, updates } from "../testing/updating.ts";
import { adadelta } from "./adadelta.ts";
import { adagrad } from "./adagrad.ts";
import { adam, adamW } from "./adam.ts";
import { adamax } from "./adamax.ts";
import { ftrl } from "./ftrl.ts";
import { lamb } from "./lamb.ts";
import { lion } from "./lion.ts";
import { nadam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

const backend = await open();

const elementwise: readonly Optimizer[] = [
  ...[sgd(), sgd({ momentum: 0.9, nesterov: true }), rmsprop(), rmsprop({ centered: true, momentum: 0.5 })],
  ...[adagrad(), adadelta(), adam(), adam({ amsgrad: true, epsilonAt: "correctedRoot" }), adamax(), nadam(), lion()],
];
const decaying: readonly Optimizer[] = [sgd({ momentum: 0.9, weightDecay: 0.1 }), adamW()];
const all: readonly Optimizer[] = [
  ...elementwise,
  ...decaying,
  ftrl(),
  ftrl({ learningRatePower: -0.4, l1RegularizationStrength: 0.1 }),
  lamb(),
];

async function programOf(optimizer: Optimizer): Promise<Program> {
  const programs: Program[] = [];
  const watched = { ...backend, compile: (program: Program) => (programs.push(program), backend.compile(program)) };
  const step = compile(watched, updateBy(optimizer, [3, 2]), { name: optimizer.name });
  const flat = () => new Float32Array(5);
  await step({ params: flat(), gradient: flat(), slots: asF32(slotsOf(optimizer, 5)), hyper: new Float32Array(optimizer.hyperLength) });
  return programs[0]!; // `step` compiled it
}

const asF32 = (slots: Record<string, Float64Array>) =>
  Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, Float32Array.from(slot)]));

test("an update is one pass over the arrays, but where norms of single weights are needed", async () => {
  for (const optimizer of [...elementwise, ...decaying, ftrl()])
    expect((await programOf(optimizer)).steps.map(({ kind }) => kind)).toEqual(["map"]);
  expect((await programOf(lamb())).steps.filter(({ kind }) => kind === "reduce")).toHaveLength(4);
});

test("Adam's pass reads each of its arrays once", async () => {
  expect(print(await programOf(adam()))).toMatchInlineSnapshot(`
    "adam: 8 slots, 1 steps, 0 B scratch
      params    f32[5]  binding 0
      gradient  f32[5]  binding 1
      slots.m   f32[5]  binding 2
      slots.v   f32[5]  binding 3
      hyper     f32[1]  binding 4
      params    f32[5]  binding 5
      slots.m   f32[5]  binding 6
      slots.v   f32[5]  binding 7

    0  map 5
         m         = slots.m[5]
         gradient  = gradient[5]
         v         = slots.v[5]
         params    = params[5]
         hyper     = hyper[5 by 0]
         m′        = m + (gradient − m)·0.09999999999999998             → slots.m[5]
         v′        = v + (gradient·gradient − v)·0.0010000000000000009  → slots.v[5]
         params′   = params − m′ / (sqrt(v′) + 1e-7)·hyper              → params[5]"
  `);
});

test("without a gradient weights stay where they are, but for FTRL's", async () => {
  const zeros = Array.from({ length: 4 }, () => [0, 0, 0]);
  for (const optimizer of [...elementwise, lamb()]) expect(await updates(backend, optimizer, [1, -2, 0], zeros)).toEqual([1, -2, 0]);
  expect(await updates(backend, ftrl({ initialAccumulatorValue: 0 }), [1, -2, 0], zeros)).toEqual([1, -2, 0]);
  expect(await updates(backend, ftrl(), [1, -2, 0], zeros)).toEqual([0, 0, 0]);
});

test("weights of 0 and steps of 0 have LAMB's ratio of 1, each weight by itself", async () => {
  const optimizer = lamb({ learningRate: 0.5, epsilon: 1e-12 });
  const [moved, still, scaled] = await updates(backend, optimizer, [0, 3, 4], [[2, 0, -1]], [1, 1, 1]);
  expect([moved, still, scaled]).toEqual([expect.closeTo(-0.5, 9), 3, expect.closeTo(4 + 0.5 * 4, 9)]);
});

test("a centered mean of squares that rounding takes below 0 makes no NaN", async () => {
  const gradients = Array.from({ length: 200 }, (_, i) => [1e3, 1e-3, 1e8 / (i + 1)]);
  for (const epsilonAt of ["square", "root"] as const)
    for (const weight of await updates(backend, rmsprop({ centered: true, epsilonAt }), [1, 1, 1], gradients))
      expect(weight).toBeLessThan(1);
});

test("gradients of 1e±150 leave finite weights in f64", async () => {
  const gradients = [[1e150, 1e-150, -1e150], [-1e150, 1e-150, 0]]; // prettier-ignore
  for (const optimizer of all)
    for (const weight of await updates(backend, optimizer, [1, -1, 2], gradients)) expect(Number.isFinite(weight)).toBe(true);
});

test("numbers that depend on the updates done are the same in whatever order they are asked for", () => {
  const [once, again] = [nadam(), nadam()];
  const at = (optimizer: Optimizer, step: number): number[] => {
    const into = new Float64Array(3);
    optimizer.hyper(step, into);
    return [...into];
  };
  const forward = Array.from({ length: 30 }, (_, step) => at(once, step));
  for (const step of [29, 0, 15, 15, 3, 28]) expect(at(again, step)).toEqual(forward[step]);
});

test("numbers out of range are refused", () => {
  const refused = expect.objectContaining({ code: "INVALID_ARGUMENT" } satisfies Partial<SluiceError>);
  const wrong: readonly (() => unknown)[] = [
    ...[() => rmsprop({ rho: 1 }), () => rmsprop({ epsilon: 0 }), () => rmsprop({ epsilonAt: "correctedRoot" as never })],
    ...[() => adagrad({ initialAccumulatorValue: -1 }), () => adadelta({ rho: Number.NaN }), () => adam({ epsilonAt: "square" as never })],
    ...[
      () => lion({ beta1: 1 }),
      () => nadam({ momentumDecay: -1 }),
      () => ftrl({ learningRatePower: 0.5 }),
      () => sgd({ weightDecay: 1 }),
    ],
    ...[() => lamb({ clipNorm: 1, clipValue: 1 }), () => ftrl({ learningRate: 0 }).hyper(0, new Float64Array(2))],
  ];
  for (const make of wrong) expect(make).toThrow(refused);
});
