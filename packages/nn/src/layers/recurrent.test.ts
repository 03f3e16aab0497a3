// The options of cells and the masks of training, through layers.
import {
  array,
  compile,
  initialise,
  lstm as cell,
  recurrence,
  variationalDropout,
  type Backend,
  type HostArray,
  type Program,
  type Tensor,
} from "@sluice/core";
import { print } from "@sluice/core/kit";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import { layoutOf, pack, unpack } from "../weights/layout.ts";
import { sequential } from "../models/sequential.ts";
import { sgd } from "../optimizers/sgd.ts";
import { serialize } from "../saving/serialize.ts";
import { deserialize } from "../saving/deserialize.ts";
import { bidirectional } from "./bidirectional.ts";
import { dense } from "./dense.ts";
import { gru, type GruConfig } from "./gru.ts";
import type { Layer } from "./layer.ts";
import { lstm } from "./lstm.ts";
import { mgu } from "./mgu.ts";
import { simpleRNN } from "./simpleRNN.ts";
import { specOf } from "./spec.ts";

const backend = await open();
afterAll(() => backend.close());
const [batch, steps, features] = [2, 3, 2] as const;
const ramp = (...shape: readonly number[]): HostArray => ({
  dtype: "f64",
  shape,
  data: Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + 1)),
});
const x = ramp(batch, steps, features);
const build = (layer: Layer) => layer.build(specOf([steps, features], "float"), layer.kind);

test("every option of a cell is one of its layer, and the weights are those it asks for", () => {
  const keys = (layer: Layer) => Object.keys(build(layer).weights);
  expect(keys(lstm({ units: 2 }))).toEqual(["wx", "wh", "b"]);
  expect(keys(lstm({ units: 2, peepholes: true, projection: 3, layerNorm: true, initialState: "learnt" }))).toEqual([
    ...["wx", "wh", "b", "wc", "wr", "gx", "gh", "gc", "bc", "initial"],
  ]);
  expect(build(lstm({ units: 2, coupled: true })).weights).toMatchObject({ wx: { axes: { input: 2, gates: 6 } } });
  expect(keys(gru({ units: 2, reset: "none" }))).toEqual(["wx", "wh", "b"]);
  expect(keys(gru({ units: 2, layerNorm: true }))).toEqual(["wx", "wh", "b", "bh", "gx", "gh"]);
  expect(keys(mgu({ units: 2 }))).toEqual(["wx", "wh", "b"]);
  for (const plain of [lstm, gru, mgu, simpleRNN]) expect(keys(plain({ units: 2, useBias: false }))).toEqual(["wx", "wh"]);
  expect(build(simpleRNN({ units: 2, activation: "softsign" })).output).toMatchObject({ shape: [2] });
});

test("a unit forget bias is one of 1, none is one of 0, and without biases it means nothing", () => {
  const start = (unitForgetBias: boolean, useBias = true) =>
    (build(lstm({ units: 2, unitForgetBias, useBias })).weights as Record<string, unknown>)["b"];
  expect(start(true)).toEqual((build(lstm({ units: 2 })).weights as Record<string, unknown>)["b"]);
  expect(start(false)).toMatchObject({ init: { columns: ["zeros", { constant: 0 }, "zeros", "zeros"] } });
  expect(start(true, false)).toBeUndefined();
});

test("a projected layer gives as many features as its projection, each way", () => {
  const projected = lstm({ units: 4, projection: 3, returnSequences: true });
  expect(build(projected).output).toMatchObject({ shape: [steps, 3] });
  expect(build(bidirectional(projected)).output).toMatchObject({ shape: [steps, 6] });
  expect(build(bidirectional(projected, { mergeMode: "sum" })).output).toMatchObject({ shape: [steps, 3] });
});

test("masks are named by layer, way and what they mask; a rate of 0 draws none", () => {
  const masks = (layer: Layer) => sequential([layer]).build(specOf([steps, features], "float")).drawn;
  expect(masks(lstm({ units: 4 }))).toEqual({});
  expect(masks(lstm({ units: 4, dropout: 0, recurrentDropout: 0, seed: 3 }))).toEqual({});
  expect(masks(lstm({ units: 4, projection: 3, dropout: 0.1, recurrentDropout: 0.2, seed: 3 }))).toEqual({
    "lstm.dropout.x": { shape: [features], rate: 0.1, seed: 3 },
    "lstm.dropout.h": { shape: [3], rate: 0.2, seed: 3 },
  });
  expect(masks(bidirectional(gru({ units: 4, recurrentDropout: 0.2, zoneout: 0.3 })))).toEqual({
    "bidirectional.forward.dropout.h": { shape: [4], rate: 0.2 },
    "bidirectional.forward.zoneout.h": { shape: [steps, 4], rate: 0.3, values: [1, 0] },
    "bidirectional.backward.dropout.h": { shape: [4], rate: 0.2 },
    "bidirectional.backward.zoneout.h": { shape: [steps, 4], rate: 0.3, values: [1, 0] },
  });
  expect(Object.keys(masks(lstm({ units: 4, zoneout: { c: 0.5 } })))).toEqual(["lstm.zoneout.c"]);
});

test("in training a layer sees through its masks what variational dropout sees through them, elsewhere what the cell sees", async () => {
  const built = sequential([lstm({ units: 4, dropout: 0.5, recurrentDropout: 0.5, returnSequences: true })]).build(
    specOf([steps, features], "float"),
  );
  const layout = layoutOf(built.weights),
    weights = initialise(layout.weights, { seed: 1, dtype: "f64" });
  const own = Object.fromEntries(Object.entries(weights).map(([key, value]) => [key.replace("lstm.", ""), value]));
  const masks = { "dropout.x": ramp(batch, features), "dropout.h": ramp(batch, 4) };
  const params = array(backend, pack(layout, weights, "f64", "test"));
  const layer = compile(
    backend,
    (flat: Tensor, given: Tensor, m: Record<string, Tensor>) => built.apply(unpack(layout, flat), { x: given }, { drawn: m }).outputs["y"]!,
  );
  const direct = compile(
    backend,
    (w: never, given: Tensor, extras: object) => recurrence(variationalDropout(cell())).run(w, given, { extras }).outputs,
  );
  const named = Object.fromEntries(Object.entries(masks).map(([key, mask]) => [`lstm.${key}`, mask]));
  for (const [inLayer, inCell] of [
    [named, masks],
    [{}, {}],
  ] as const)
    expect(await (await layer(params, x, inLayer)).read()).toEqual(await (await direct(own as never, x, inCell)).read());
});

const data = { x: Array.from({ length: 8 }, (_, i) => [0, 1, 2].map((t) => [Math.sin(i + t), Math.cos(i)])), y: [0, 1, 2, 3, 4, 5, 6, 7] };
const noisy = (seed?: number) =>
  sequential([
    bidirectional(lstm({ units: 3, dropout: 0.3, recurrentDropout: 0.3, zoneout: { c: 0.2 }, ...(seed !== undefined && { seed }) })),
    dense({ units: 1 }),
  ]);

test("training with masks is the same for the same seed and another for another, of the model or of the layer", async () => {
  const losses = async (model: ReturnType<typeof noisy>, seed: number) => {
    const trainer = await model.compile({ backend, optimizer: sgd(), loss: "mse", seed, dtype: "f64" });
    const { epochs } = await trainer.fit(data, { epochs: 2, batchSize: 4, shuffle: false });
    trainer.dispose();
    return epochs.map(({ loss }) => loss);
  };
  const first = await losses(noisy(), 1);
  expect(await losses(noisy(), 1)).toEqual(first);
  expect(await losses(noisy(), 2)).not.toEqual(first);
  expect(await losses(noisy(9), 1)).not.toEqual(first);
});

test("dropout and zoneout of 0 are the Program without them", async () => {
  const programs: Program[] = [];
  const watched: Backend = { ...backend, compile: (program) => (programs.push(program), backend.compile(program)) };
  const programOf = async (options: object): Promise<string> => {
    programs.length = 0;
    using trainer = await sequential([lstm({ units: 2, ...options }), dense({ units: 1 })]).compile({ backend: watched, optimizer: sgd(), loss: "mse" }); // prettier-ignore
    await trainer.fit(data, { epochs: 1 });
    return print(programs[0]!);
  };
  const plain = await programOf({});
  for (const off of [{ dropout: 0, recurrentDropout: 0 }, { zoneout: 0 }, { zoneout: { h: 0, c: 0 } }])
    expect(await programOf(off)).toBe(plain);
  expect(await programOf({ zoneout: { h: 0, c: 0.5 } })).toBe(await programOf({ zoneout: { c: 0.5 } }));
});

test("a layer with all of its options comes back from a file as it was", async () => {
  const model = sequential([
    lstm({
      ...{ units: 3, projection: 2, peepholes: true, coupled: true, layerNorm: true, cellClip: 2, forgetBias: 0.5 },
      returnSequences: true,
    }),
    gru({ units: 3, reset: "none", update: "replaces", activation: "softsign", recurrentActivation: "hardSigmoid", returnSequences: true }),
    simpleRNN({ units: 3, useBias: false, returnSequences: true }),
    mgu({ units: 2, dropout: 0.1, recurrentDropout: 0.2, zoneout: 0.1, initialState: "learnt", seed: 4 }),
    dense({ units: 1 }),
  ]);
  const trainer = await model.compile({ backend, optimizer: sgd(), loss: "mse", seed: 1 });
  await trainer.fit(data, { epochs: 1, batchSize: 4 });
  const loaded = deserialize(await serialize(trainer));
  expect(loaded.layers.map(({ layer: { kind, config } }) => ({ kind, config }))).toEqual(
    model.layers.map(({ layer: { kind, config } }) => ({ kind, config })),
  );
  const again = await loaded.compile({ backend });
  expect(await again.predict(data.x)).toEqual(await trainer.predict(data.x));
});

test.each<[title: string, make: () => unknown, message: string]>([
  ["a dropout of 1", () => lstm({ units: 1, dropout: 1 }), "lstm: dropout must be a number in [0, 1), got 1"],
  [
    "a negative recurrent dropout",
    () => gru({ units: 1, recurrentDropout: -0.1 }),
    "gru: recurrentDropout must be a number in [0, 1), got -0.1",
  ],
  ["zoneout of no state", () => gru({ units: 1, zoneout: { c: 0.1 } }), 'zoneout: gru has no state "c"'],
  ["a projection to nothing", () => lstm({ units: 1, projection: 0 }), "lstm: projection must be a whole number of at least 1"],
  ["a forget bias said twice", () => lstm({ units: 1, forgetBias: 2, unitForgetBias: true }), "lstm: forgetBias 2 and unitForgetBias true"],
  ["a forget bias without biases", () => lstm({ units: 1, useBias: false, forgetBias: 0 }), "lstm: without biases none starts at"],
  ["reset said twice", () => gru({ units: 1, reset: "none", resetAfter: true }), 'gru: reset "none" and resetAfter true'],
  [
    "an unknown reset",
    () => gru({ units: 1, reset: "later" } as unknown as GruConfig),
    'gru: reset must be one of after, before, none, got "later"',
  ],
  [
    "an unknown start",
    () => build(mgu({ units: 1, initialState: "ones" as "learnt" })),
    'mgu: initialState must be one of zeros, learnt, got "ones"',
  ],
])("%s: INVALID_ARGUMENT", (_, make, message) => {
  expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) }) as Error);
});
