// Graphs of layers without state, one step at a time.
import { array, compile, initialise, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import {
  activation,
  add,
  average,
  concatenate,
  dense,
  flatten,
  globalAveragePooling1D,
  gru,
  input,
  lambda,
  masking,
  maximum,
  model,
  multiply,
  reshape,
  subtract,
  timeDistributed,
  type Symbolic,
} from "../index.ts";
import type { AnyModel } from "../model/model.ts";
import { ramp } from "../testing/figures.ts";
import { layoutOf, pack, unpack } from "../weights/layout.ts";

const backend = await open();
afterAll(() => backend.close());
const [batch, steps, features] = [2, 4, 3];

test("step by step a graph of pointwise layers comes to what it comes to as a whole", async () => {
  const [x, start] = [input({ shape: [steps, features] }), input({ shape: [features] })];
  const hidden = gru({ units: features, returnSequences: true })(masking({ maskValue: 9 })(x));
  const gate = activation({ activation: "sigmoid" })(timeDistributed(dense({ units: features }))(x));
  const gated = multiply()([hidden, gate]);
  const parts = reshape({ targetShape: [steps, 1, features] })(gated);
  const back = reshape({ targetShape: [steps, features] })(timeDistributed(flatten())(parts));
  const both = concatenate()([add()([back, start]), subtract()([x, hidden]), maximum()([x, start]), average()([gated, x])]);
  const outputs = lambda((v: Tensor) => v.mul(v.sum(-1, { keepDims: true })), { stepwise: "pointwise" })(both);
  const made: AnyModel = model({ inputs: { x, start }, outputs });
  const built = made.build(made.sample({ x: [steps, features], start: [features] }));
  const form = built.stepForm("x", undefined);
  const layout = layoutOf(built.weights);
  const params = array(backend, pack(layout, initialise(layout.weights, { seed: 1, dtype: "f64" }), "f64", "test"));
  const run = compile(backend, (flat: Tensor, sequence: Tensor, first: Tensor) => {
    const weights = unpack(layout, flat);
    const fixed = form.before(weights, { start: first }, {});
    let state = { gru: { h: sequence.at(1, 0).mul(0) } } as Parameters<typeof form.step>[2]["state"];
    const each = Array.from({ length: steps }, (_, t) => {
      const next = form.step(weights, sequence.at(1, t), { state, fixed });
      state = next.state;
      return next.outputs["y"]!;
    });
    return { each, whole: built.apply(weights, { x: sequence, start: first }).outputs["y"]! };
  });
  const { each, whole } = await run(params, ramp(batch, steps, features), ramp(batch, features));
  const all = await whole.read();
  for (const [t, one] of each.entries()) {
    const width = 4 * features;
    const values = [...(await one.read())];
    const want = Array.from({ length: batch }, (_, row) => [...all.slice((row * steps + t) * width, (row * steps + t + 1) * width)]).flat();
    values.forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 12));
  }
});

const [x, other] = [input({ shape: [steps, features] }), input({ shape: [steps, features] })];
const refusals: readonly [title: string, outputs: Symbolic, who: string][] = [
  ["pooling", globalAveragePooling1D()(x), "globalAveragePooling1D"],
  ["flatten", flatten()(x), "flatten"],
  ["a reshape that ends the steps", reshape({ targetShape: [-1] })(x), "reshape"],
  ["concatenate along the steps", concatenate({ axis: 1 })([x, x]), "concatenate"],
  ["a function that does not say it is pointwise", lambda((v: Tensor) => v.mul(2))(x), "lambda"],
  ["a sum with another input as a whole", add()([x, other]), "add"],
  ["a sum with another sequence as a whole", add()([x, dense({ units: features })(other)]), "add"],
];
test.each(refusals)("%s does not go one step at a time, and says so by name", (_, outputs, who) => {
  const inputs = outputs.call!.layer.kind === "add" ? { x, other } : { x };
  const made: AnyModel = model({ inputs, outputs });
  const built = made.build(made.sample(Object.fromEntries(Object.keys(inputs).map((name) => [name, [steps, features]]))));
  expect(() => built.stepForm("x", undefined)).toThrow(expect.objectContaining({ code: "UNSUPPORTED", who }));
});
