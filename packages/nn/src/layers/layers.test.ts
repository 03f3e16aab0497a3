import { array, cell, compile, type HostArray, initialise, type SluiceError, type Tensor, trace } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { expect, test } from "vitest";
import { layoutOf, pack, unpack } from "../weights/layout.ts";
import { sequential } from "../models/sequential.ts";
import { bidirectional } from "./bidirectional.ts";
import { layer } from "./callable.ts";
import { dense } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { embedding } from "./embedding.ts";
import { gru } from "./gru.ts";
import { input } from "./input.ts";
import type { AnyLayer } from "./layer.ts";
import { lstm } from "./lstm.ts";
import { recurrent, type RecurrentConfig } from "./recurrent.ts";
import { simpleRNN } from "./simpleRNN.ts";
import { type Spec, specOf } from "./spec.ts";

const backend = await open();

interface Shaped {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** One layer's output for x [batch, …]; weights by key, or as it starts them. */
async function apply(layer: AnyLayer, x: HostArray, weights?: Readonly<Record<string, HostArray>>, mask?: HostArray): Promise<Shaped> {
  const built = sequential([layer], { name: "test" }).build(specOf(x.shape.slice(1), x.dtype === "i32" ? "i32" : "float"));
  const layout = layoutOf(built.weights);
  const named = weights && Object.fromEntries(Object.entries(weights).map(([key, value]) => [`${layer.kind}.${key}`, value]));
  const params = array(backend, pack(layout, named ?? initialise(layout.weights, { seed: 1, dtype: "f64" }), "f64", "test"));
  const masks: Record<string, HostArray> = mask === undefined ? {} : { [layer.kind]: mask };
  const run = compile(
    backend,
    (flat: Tensor, given: Tensor, m: Record<string, Tensor>) => built.apply(unpack(layout, flat), { x: given }, { drawn: m }).outputs["y"]!,
  );
  const result = await run(params, x, masks);
  expect(result.shape.slice(1)).toEqual(built.outputs["y"]!.spec.shape);
  return { shape: result.shape, values: [...(await result.read())] };
}

function host(shape: readonly number[], values: readonly number[] = ramp(shape)): HostArray {
  return { dtype: "f64", shape, data: Float64Array.from(values) };
}

/** Unequal numbers, so that no two places can be mistaken for each other. */
function ramp(shape: readonly number[]): number[] {
  return Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1) / 2);
}

function step<T>(values: readonly T[], index: number, width: number): readonly T[] {
  return values.slice(index * width, (index + 1) * width);
}

test("a layer of one's own knows its weights by name", async () => {
  const line = layer({
    kind: "line",
    config: {},
    build: (input: Spec) => ({
      output: input,
      weights: { slope: { axes: { features: 2 }, init: "ones" }, more: { shift: { axes: { features: 2 }, init: "zeros" } } },
      stepwise: "pointwise",
      apply: (w, x) => x.mul(w.slope).add(w.more.shift), // a misspelt name does not compile
    }),
  });
  const weights = { slope: host([2], [10, 100]), "more.shift": host([2], [1, 2]) };
  expect(await apply(line, host([1, 2], [3, 4]), weights)).toEqual({ shape: [1, 2], values: [31, 402] });
});

test("a layer of one's own that is none is refused by its name, also where it gives something else than it says", () => {
  const own = (built: object) => () => {
    const x: Spec = { shape: [2], axes: ["features"], dtype: "float" };
    const definition = {
      kind: "own",
      config: {},
      build: () => ({ output: x, weights: {}, apply: (_: unknown, given: Tensor) => given, ...built }),
    };
    const model = sequential([layer(definition as never)]).build(x);
    trace("test", (given: Tensor) => model.apply({}, { x: given }).outputs, [{ shape: [1, 2], dtype: "f64" }]);
  };
  const refusal = (what: string, code = "INVALID_ARGUMENT") => expect.objectContaining({ code, message: expect.stringContaining(what) });
  expect(own({})).not.toThrow();
  expect(own({ weights: undefined })).toThrow(refusal("own: the weights of build must be"));
  expect(own({ weights: { gain: 1 } })).toThrow(refusal("own: the weights of build must be"));
  expect(own({ output: { shape: [2] } })).toThrow(refusal("own: the output of build must be a sample"));
  expect(own({ apply: 1 })).toThrow(refusal("own: the apply of build must be a function"));
  expect(own({ apply: () => undefined })).toThrow(refusal("own: what apply gives must be a tensor"));
  expect(own({ apply: (_: unknown, x: Tensor) => x.sum(-1) })).toThrow(refusal("must be [batch, features 2], as build says of output, got [1]", "SHAPE_MISMATCH")); // prettier-ignore
});

test("dense is activation(x · kernel + bias) over the last axis, at any rank", async () => {
  const weights = { kernel: host([2, 1], [10, 100]), bias: host([1], [-3]) };
  expect(await apply(dense({ units: 1 }), host([3, 2], [1, 2, 3, 4, -5, 0]), weights)).toEqual({ shape: [3, 1], values: [207, 427, -53] });
  expect(await apply(dense({ units: 1, activation: "relu" }), host([1, 3, 2], [1, 2, 3, 4, -5, 0]), weights)).toEqual({
    shape: [1, 3, 1],
    values: [207, 427, 0],
  });
  expect(await apply(dense({ units: 1, useBias: false }), host([1, 2], [1, 2]), { kernel: weights.kernel })).toEqual({
    shape: [1, 1],
    values: [210],
  });
});

test("an embedding is its table's rows", async () => {
  const x: HostArray = { dtype: "i32", shape: [2, 2], data: Int32Array.of(2, 0, 1, 2) };
  expect(await apply(embedding({ inputDim: 3, outputDim: 2 }), x, { embeddings: host([3, 2], [0, 1, 10, 11, 20, 21]) })).toEqual({
    shape: [2, 2, 2],
    values: [20, 21, 0, 1, 10, 11, 20, 21],
  });
});

test("dropout multiplies by its mask, and without one is nothing", async () => {
  const x = host([1, 3], [1, 2, 3]);
  expect((await apply(dropout({ rate: 0.5 }), x, {}, host([1, 3], [0, 2, 2]))).values).toEqual([0, 4, 6]);
  expect((await apply(dropout({ rate: 0.5 }), x)).values).toEqual([1, 2, 3]);
  expect(dropout({ rate: 0 }).build(specOf([3], "float"), "dropout").drawn).toBeUndefined();
});

for (const [name, layer] of Object.entries<(config: RecurrentConfig) => AnyLayer>({ lstm, gru, simpleRNN })) {
  test(`${name} gives the last step, or every step with returnSequences`, async () => {
    const x = host([2, 4, 3]);
    const last = await apply(layer({ units: 2 }), x);
    const all = await apply(layer({ units: 2, returnSequences: true }), x);
    expect(all.shape).toEqual([2, 4, 2]);
    expect(last).toEqual({ shape: [2, 2], values: [...step(all.values, 3, 2), ...step(all.values, 7, 2)] });
  });

  test(`${name} going backwards is ${name} on the sequence turned round`, async () => {
    const x = host([1, 4, 3]);
    const turned = host(
      [1, 4, 3],
      [3, 2, 1, 0].flatMap((t) => step(ramp([1, 4, 3]), t, 3)),
    );
    for (const returnSequences of [false, true]) {
      expect(await apply(layer({ units: 2, goBackwards: true, returnSequences }), x)).toEqual(
        await apply(layer({ units: 2, returnSequences }), turned),
      );
    }
  });
}

test("gru with resetAfter has a recurrent bias for the candidate, without it none", () => {
  const weights = (resetAfter: boolean) => Object.keys(gru({ units: 2, resetAfter }).build(specOf([3, 1], "float"), "gru").weights);
  expect(weights(true)).toEqual(["wx", "wh", "b", "bh"]);
  expect(weights(false)).toEqual(["wx", "wh", "b"]);
});

test("bidirectional merges a forward pass with a backward one that has weights of its own", async () => {
  const x = host([1, 3, 2]);
  const ahead = { wx: host([2, 1], [0.3, -0.2]), wh: host([1, 1], [0.5]), b: host([1], [0.1]) };
  const back = { wx: host([2, 1], [-0.4, 0.7]), wh: host([1, 1], [-0.6]), b: host([1], [0.2]) };
  const prefixed = (side: string, weights: Record<string, HostArray>) =>
    Object.entries(weights).map(([key, value]) => [`${side}.${key}`, value]);
  const both = Object.fromEntries([...prefixed("forward", ahead), ...prefixed("backward", back)]) as Record<string, HostArray>;
  const way = (goBackwards: boolean, weights: Record<string, HostArray>) =>
    apply(simpleRNN({ units: 1, goBackwards, returnSequences: true }), x, weights);
  const [f, b] = [(await way(false, ahead)).values, (await way(true, back)).values.toReversed()]; // each at its own step
  const sides = f.map((v, t) => [v, b[t]!] as const);
  const merged = (mergeMode: "concat" | "sum" | "ave" | "mul", returnSequences: boolean) =>
    apply(bidirectional(simpleRNN({ units: 1, returnSequences }), { mergeMode }), x, both);
  expect(await merged("concat", true)).toEqual({ shape: [1, 3, 2], values: sides.flat() });
  expect((await merged("sum", true)).values).toEqual(sides.map(([p, q]) => p + q));
  expect((await merged("ave", true)).values).toEqual(sides.map(([p, q]) => (p + q) * 0.5));
  expect((await merged("mul", true)).values).toEqual(sides.map(([p, q]) => p * q));
  expect(await merged("concat", false)).toEqual({ shape: [1, 2], values: [f[2], b[0]] });
});

test("a user's own cell is a layer like any other", async () => {
  const sum = cell({
    name: "leakySum",
    weights: ({ units }) => ({ keep: { axes: { units }, init: { constant: 0.5 } } }),
    state: ({ units }) => ({ h: { axes: { units } } }),
    step: ({ keep }, x, { h }) => {
      const next = h.mul(keep).add(x);
      return { output: next, state: { h: next } };
    },
  });
  expect(await apply(recurrent(sum)({ units: 1 }), host([1, 3, 1], [1, 2, 4]))).toEqual({ shape: [1, 1], values: [5.25] });
});

const numbers = specOf([4, 3], "float");
const refusals: [title: string, code: SluiceError["code"], message: string, attempt: () => unknown][] = [
  ["units of 0", "INVALID_ARGUMENT", "units", () => dense({ units: 0 })],
  ["half a unit", "INVALID_ARGUMENT", "units", () => lstm({ units: 1.5 })],
  ["an unknown activation", "INVALID_ARGUMENT", "swoosh", () => dense({ units: 1, activation: "swoosh" as "relu" })],
  ["an unknown activation of simpleRNN", "INVALID_ARGUMENT", "swoosh", () => simpleRNN({ units: 1, activation: "swoosh" as "relu" })],
  ["a rate of 1", "INVALID_ARGUMENT", "rate", () => dropout({ rate: 1 })],
  ["a table without rows", "INVALID_ARGUMENT", "inputDim", () => embedding({ inputDim: 0, outputDim: 1 })],
  ["an unknown merge mode", "INVALID_ARGUMENT", "mean", () => bidirectional(lstm({ units: 1 }), { mergeMode: "mean" as "sum" })],
  ["both ways of one that goes backwards", "INVALID_ARGUMENT", "goBackwards", () => bidirectional(lstm({ units: 1, goBackwards: true }))],
  ["a shape with a size of 0", "INVALID_ARGUMENT", "each at least 1 and at most 2147483647, got [3, 0]", () => input({ shape: [3, 0] })],
  [
    "samples of another shape",
    "SHAPE_MISMATCH",
    "x [batch, steps 5, features 3], got x [batch, steps 4, features 3]",
    () => input({ shape: [5, 3] }).build(numbers, "input"),
  ],
  [
    "no steps",
    "SHAPE_MISMATCH",
    "lstm_1: needs x [batch, steps, features], got x [batch, features 3]",
    () => lstm({ units: 1 }).build(specOf([3], "float"), "lstm_1"),
  ],
  ["no features", "SHAPE_MISMATCH", "got x [batch]", () => dense({ units: 1 }).build(specOf([], "float"), "dense")],
  [
    "indices for numbers",
    "DTYPE_MISMATCH",
    "got indices (i32) x [batch, steps 4]",
    () => dense({ units: 1 }).build(specOf([4], "i32"), "dense"),
  ],
  [
    "a sample without axes",
    "INVALID_ARGUMENT",
    "dense.build: axes must be",
    () => dense({ units: 1 }).build({ shape: [4, 3] } as unknown as Spec, "dense"),
  ],
  [
    "axes too few",
    "INVALID_ARGUMENT",
    "a name for each of 2 axes",
    () => lstm({ units: 1 }).build({ shape: [4, 3], axes: ["steps"], dtype: "float" }, "lstm"),
  ],
  [
    "no sample",
    "INVALID_ARGUMENT",
    "bidirectional.build",
    () => bidirectional(lstm({ units: 1 })).build(undefined as unknown as Spec, "b"),
  ],
  ["numbers for indices", "DTYPE_MISMATCH", "reads indices", () => embedding({ inputDim: 3, outputDim: 1 }).build(numbers, "embedding")],
];

for (const [title, code, message, attempt] of refusals) {
  test(`${title}: ${code}`, () => {
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }));
  });
}

test("a recurrent layer after one that gives only the last step says what to change", () => {
  const build = () => sequential([lstm({ units: 2 }), lstm({ units: 2 })]).build(numbers);
  expect(build).toThrow(
    expect.objectContaining({ code: "SHAPE_MISMATCH", who: "lstm_1", fix: "A recurrent layer before it needs returnSequences: true" }),
  );
});
