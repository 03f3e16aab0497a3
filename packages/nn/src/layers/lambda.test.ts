// A traced function as a layer.
import { concat, oneHot, sqrt, square, type Tensor } from "@sluice/core";
import { open as openReference } from "@sluice/core/reference";
import { open as openCpu } from "@sluice/cpu";
import { afterAll, expect, test } from "vitest";
import { model } from "../models/model.ts";
import { sequential } from "../models/sequential.ts";
import { timeDistributed } from "../models/timeDistributed.ts";
import { sgd } from "../optimizers/sgd.ts";
import { serialize } from "../saving/serialize.ts";
import { deserialize } from "../saving/deserialize.ts";
import { alone } from "../testing/alone.ts";
import { f64, figures, filledAt, ramp } from "../testing/figures.ts";
import { layer } from "./callable.ts";
import { dense } from "./dense.ts";
import { gru } from "./gru.ts";
import { input } from "./input.ts";
import { lambda } from "./lambda.ts";
import type { Layer } from "./layer.ts";
import { specOf, type Spec } from "./spec.ts";

const backends = { reference: await openReference(), cpu: await openCpu() };
const backend = backends.reference;
afterAll(() => Promise.all(Object.values(backends).map((each) => each.close())));

const distance = lambda(([a, b]: readonly [Tensor, Tensor]) => sqrt(square(a.sub(b)).sum(-1, { keepDims: true })), { name: "distance" });
const build = (of: Layer, spec: Spec) => of.build(spec, "test");
const refuses = (attempt: () => unknown, code: string, message: string) =>
  expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));

test.each(Object.keys(backends) as (keyof typeof backends)[])("on %s it is its function, of one value or of several", async (on) => {
  const twice = await figures(backends[on], alone(lambda((x) => x.mul(2)), 3, 2), { x: { x: ramp(2, 3, 2) } }); // prettier-ignore
  expect(twice.y).toEqual([...ramp(2, 3, 2).data].map((v) => 2 * v));
  expect(twice.wrong).toEqual([]);
  const [a, b] = [input({ shape: [2] }), input({ shape: [2] })];
  const x = { a: f64([2, 2], [0, 3, 1, 1]), b: f64([2, 2], [4, 0, 1, 0]) };
  const apart = await figures(backends[on], model({ inputs: { a, b }, outputs: distance([a, b]) }), { x });
  expect(apart).toMatchObject({ y: [5, 1], shape: [2, 1], wrong: [] });
});

test("what it gives is found by tracing: the shape, the names of axes, and whether these are indices", () => {
  const output = (fn: (x: Tensor) => Tensor, spec: Spec) => build(lambda(fn), spec).output;
  const sequence = specOf([4, 3], "float");
  expect(output((x) => x.sum(1), sequence)).toEqual({ shape: [3], axes: ["features"], dtype: "float" });
  expect(output((x) => x.transpose([0, 2, 1]), sequence)).toEqual({ shape: [3, 4], axes: ["features", "steps"], dtype: "float" });
  expect(output((x) => oneHot(x, 5), specOf([4], "i32"))).toMatchObject({ shape: [4, 5], dtype: "float" });
  expect(output((x) => x, specOf([4], "i32"))).toEqual(specOf([4], "i32"));
  expect(output((x) => x.reshape([x.shape[0]!, 2, 6]), sequence)).toEqual({ shape: [2, 6], axes: ["steps", "features"], dtype: "float" });
});

test("the mask stays with the steps, and a function that is not pointwise gets 0 where they do not count", async () => {
  const mask = f64([2, 3], [1, 1, 0, 1, 0, 0]);
  const at = (of: Layer, value: number) =>
    figures(backend, alone(of, 3, 2), { x: { x: filledAt(ramp(2, 3, 2), mask, value) }, masks: { x: mask } });
  const total = lambda((x) => x.sum(1)),
    scaled = lambda((x) => x.mul(3), { stepwise: "pointwise" }),
    around = lambda((x) => x.add(x.max(1, { keepDims: true })));
  for (const of of [total, around]) expect((await at(of, NaN)).gradients).toEqual((await at(of, 0)).gradients);
  expect((await at(total, NaN)).y).toEqual((await at(total, 0)).y);
  expect((await at(total, 0)).mask).toBeUndefined();
  for (const of of [scaled, around]) expect((await at(of, NaN)).mask).toEqual([...mask.data]);
});

test("a function that is not of samples, or not pointwise as it says, is refused with what came", () => {
  const sequence = specOf([4, 3], "float");
  refuses(() => build(lambda((x) => x.sum()), sequence), "SHAPE_MISMATCH", "the batch must stay the first axis: for x [batch, steps 4, features 3] it gives [] in a batch of 2 and [] in a batch of 3"); // prettier-ignore
  refuses(() => build(lambda((x) => x.transpose()), specOf([2, 2], "float")), "SHAPE_MISMATCH", "it gives [2, 2, 2] in a batch of 2 and [2, 2, 3] in a batch of 3"); // prettier-ignore
  refuses(
    () =>
      build(
        lambda((x) => concat([x, x], 0)),
        sequence,
      ),
    "SHAPE_MISMATCH",
    "it gives [4, 4, 3]",
  );
  refuses(
    () =>
      build(
        lambda((x) => x.reshape([2, 12])),
        sequence,
      ),
    "SHAPE_MISMATCH",
    "test: reshape keeps the number of elements",
  );
  refuses(
    () =>
      build(
        lambda(() => 1 as unknown as Tensor),
        sequence,
      ),
    "INVALID_ARGUMENT",
    "what the function gives must be a tensor, got 1",
  );
  refuses(() => lambda(1 as never), "INVALID_ARGUMENT", "lambda: fn must be a function");
  refuses(() => lambda((x) => x, { stepwise: "yes" as "pointwise" }), "INVALID_ARGUMENT", "stepwise must be one of pointwise");
  refuses(
    () =>
      build(
        lambda((x) => x.sum(2), { stepwise: "pointwise" }),
        sequence,
      ),
    "INVALID_ARGUMENT",
    "sum got axis 2",
  );
  refuses(() => build(lambda((x) => x.sum(1), { stepwise: "pointwise" }), sequence), "SHAPE_MISMATCH", "is not pointwise: it gives [batch, features 3]"); // prettier-ignore
  expect(
    build(
      lambda((x) => x.sum(-1), { stepwise: "pointwise" }),
      sequence,
    ).stepwise,
  ).toBe("pointwise");
});

test("no file holds it, wherever it stands, and saving says what to do; a layer of one's own comes back", async () => {
  const twice = lambda((x) => x.mul(2), { name: "twice" });
  for (const [layers, what] of [
    [[twice], 'the layer "twice" is a function, which no file holds'],
    [[timeDistributed(twice)], 'the layer "timeDistributed" has a layer inside that is a function'],
    [[sequential([twice], { name: "inner" })], 'the layer "inner" has a layer "twice" that is a function'],
  ] as const) {
    using trainer = await sequential([...layers]).compile({ backend });
    await trainer.predict([[[1, 2]]]);
    await expect(serialize(trainer)).rejects.toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what), fix: expect.stringContaining("layer({ kind, config, build })") }), // prettier-ignore
    );
  }
  const gain = (config: { readonly name?: string } = {}) =>
    layer({
      kind: "gain",
      config,
      build: (input) => ({
        output: input,
        weights: { gain: { axes: { features: input.shape.at(-1) ?? 1 }, init: "ones" } },
        stepwise: "pointwise",
        apply: ({ gain }: { readonly gain: Tensor }, x) => x.mul(gain),
      }),
    });
  const options = { backend, optimizer: sgd({ learningRate: 0.1 }), loss: "mse" } as const;
  using trainer = await sequential([gain(), dense({ units: 1 })]).compile(options);
  await trainer.fit({ x: [[1, 2]], y: [[1]] }, { epochs: 2 });
  using again = await deserialize(await serialize(trainer), { layers: { gain } }).compile(options);
  expect(await again.weights()).toEqual(await trainer.weights());
});

test("one-hot vectors of indices go into a recurrence", async () => {
  const letters = sequential([input({ dtype: "i32" }), lambda((x) => oneHot(x, 5)), gru({ units: 2 })]);
  using trainer = await letters.compile({ backend });
  expect((await trainer.predict([[0, 4, 2]])).shape).toEqual([1, 2]);
});
