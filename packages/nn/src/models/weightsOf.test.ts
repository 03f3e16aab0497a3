import { mgu as minimal, type HostArray, type Shape, type Tensor } from "@sluice/core";
import { open } from "@sluice/core/reference";
import { afterAll, expect, test } from "vitest";
import {
  activation,
  additiveAttention,
  attention,
  batchNormalization,
  bidirectional,
  conv1D,
  dense,
  deserialize,
  dropout,
  embedding,
  flatten,
  gru,
  input,
  layer,
  layerNormalization,
  lstm,
  maxPooling1D,
  mgu,
  model,
  multiHeadAttention,
  positionalEncoding,
  recurrent,
  relu,
  rmsNormalization,
  sequential,
  serialize,
  simpleRNN,
  timeDistributed,
  type Model,
  type Trainer,
} from "../index.ts";

const backend = await open();
afterAll(() => backend.close());

/** The weights of a model that begins with an input. */
async function weightsOf<W>(built: Model<null, null, W>): Promise<W> {
  using trainer = await built.compile({ backend });
  return await trainer.weights();
}
const [steps, row] = [input({ shape: [3, 4] }), input({ shape: [4] })];
const keys = <T extends object>(record: T) => Object.keys(record) as (keyof T)[];

test("layers are known by their kind and number, and weights by their names", async () => {
  const weights = await weightsOf(
    sequential([steps, lstm({ units: 2 }), dropout({ rate: 0.5 }), dense({ units: 3 }), dense({ units: 1 })]),
  );
  expect(weights.dense.kernel.data).toHaveLength(6);
  expect(weights.dense_1.kernel.shape).toEqual([3, 1]);
  expect(keys(weights)).toEqual(["lstm", "dense", "dense_1"] satisfies (keyof typeof weights)[]);
  weights.dense.kernel satisfies HostArray;
  weights.lstm.wx satisfies HostArray;
  // @ts-expect-error: a layer that there is not
  expect(weights.dense_2).toBeUndefined();
  // @ts-expect-error: one without weights
  expect(weights.dropout).toBeUndefined();
  // @ts-expect-error: a misspelt weight
  expect(weights.dense.kernl).toBeUndefined();
  // @ts-expect-error: what nothing lies below
  expect(() => weights.dense.kernel.values.length).toThrow(TypeError);
});

test("layers without weights, and wrappers, leave the names of the others known", async () => {
  const weights = await weightsOf(
    sequential([
      steps,
      conv1D({ filters: 3, kernelSize: 2, padding: "same" }),
      batchNormalization({ name: "batch" }),
      activation({ activation: "gelu" }),
      maxPooling1D({ poolSize: 2 }),
      timeDistributed(dense({ units: 2 })),
      flatten(),
      relu(),
      dense({ units: 1, name: "last" }),
    ]),
  );
  weights.conv1D.kernel satisfies HostArray;
  weights.timeDistributed.kernel satisfies HostArray;
  expect(weights.batch.movingMean.data).toHaveLength(3);
  expect(weights.last.kernel.shape).toEqual([2, 1]);
  // @ts-expect-error: one without weights
  expect(weights.flatten).toBeUndefined();
});

test("every kind of layer has the weights that its type says", async () => {
  const all = await weightsOf(
    sequential([
      steps,
      ...([
        lstm({ units: 4, returnSequences: true, peepholes: true, projection: 4, layerNorm: true, initialState: "learnt" }),
        gru({ units: 4, returnSequences: true, layerNorm: true }),
        mgu({ units: 4, returnSequences: true }),
        simpleRNN({ units: 4, returnSequences: true }),
        bidirectional(gru({ units: 4, returnSequences: true })),
        attention({ score: "concat" }),
        additiveAttention({ units: 2 }),
        multiHeadAttention({ numHeads: 2 }),
        layerNormalization(),
        rmsNormalization(),
        positionalEncoding(),
        dense({ units: 1 }),
      ] as const),
    ]),
  );
  expect(keys(all.lstm)).toEqual(["wx", "wh", "b", "wc", "wr", "gx", "gh", "gc", "bc", "initial"]);
  expect(keys(all.lstm.initial!)).toEqual(["h", "c"]);
  expect(keys(all.gru)).toEqual(["wx", "wh", "b", "bh", "gx", "gh"]);
  expect([keys(all.mgu), keys(all.simpleRNN)]).toEqual([["wx", "wh", "b"], ["wx", "wh", "b"]]); // prettier-ignore
  expect(keys(all.bidirectional)).toEqual(["forward", "backward"]);
  expect(keys(all.bidirectional.backward)).toEqual(["wx", "wh", "b", "bh"]);
  expect(keys(all.attention!)).toEqual(["wa", "b"]);
  expect(keys(all.additiveAttention!)).toEqual(["wq", "wk", "b", "v"]);
  expect(keys(all.multiHeadAttention)).toEqual(["wq", "wk", "wv", "wo", "bq", "bk", "bv", "bo"]);
  expect(keys(all.layerNormalization!)).toEqual(["gamma", "beta"]);
  expect(keys(all.rmsNormalization)).toEqual(["gamma"]);
  expect(keys(all.dense)).toEqual(["kernel", "bias"]);
  const indices = input({ shape: [3], dtype: "i32" });
  expect((await weightsOf(sequential([indices, embedding({ inputDim: 5, outputDim: 2 })]))).embedding.embeddings.shape).toEqual([5, 2]);
});

test("names that are literals are known, and the others are numbered past them", async () => {
  const weights = await weightsOf(
    sequential([row, dense({ units: 3 }), dense({ units: 2, name: "dense_1" }), dense({ units: 1 }), dense({ units: 4, name: "head" })]),
  );
  const units: readonly Shape[] = [weights.dense, weights.dense_1, weights.dense_2, weights.head].map(({ kernel }) => kernel.shape);
  expect(units).toEqual([[4, 3], [3, 2], [2, 1], [1, 4]]); // prettier-ignore
  const own = layer({
    kind: "scaled",
    config: {},
    build: (spec) => ({
      output: spec,
      weights: { gain: { axes: {}, init: "ones" } } as const,
      apply: (w: { readonly gain: Tensor }, x) => x.mul(w.gain),
    }),
  });
  const { scaled, minimal: cell } = await weightsOf(sequential([steps, own, recurrent(minimal())({ units: 2, name: "minimal" })]));
  expect([scaled.gain.shape, cell.wx.shape]).toEqual([[], [4, 4]]);
});

test("a model in a sequence is known by its name", async () => {
  const encoder = sequential([bidirectional(gru({ units: 2 })), dense({ units: 3 })], { name: "encoder" });
  const weights = await weightsOf(sequential([steps, encoder, sequential([dense({ units: 1 })])]));
  expect(weights.encoder.bidirectional.forward.wx.shape).toEqual([4, 6]);
  expect(weights.sequential.dense.kernel.shape).toEqual([3, 1]);
});

test("where types do not tell the names, any may be there and is read without a cast", async () => {
  const name: string = "head";
  const cellOf = (isLong: boolean) => (isLong ? lstm : gru)({ units: 2 });
  const list = [row, dense({ units: 1 })];
  const read = (built: Model) => weightsOf(built);
  const graph = model({ inputs: row, outputs: dense({ units: 1 })(row) });
  expect((await weightsOf(sequential(list)))["dense"]?.kernel?.data).toHaveLength(4);
  expect((await weightsOf(graph))["dense"]?.kernel?.data?.reduce((a, b) => a + b)).toEqual(expect.any(Number));
  expect((await weightsOf(sequential([row, dense({ units: 1, name })])))["head"]?.kernel?.data).toHaveLength(4);
  expect((await weightsOf(sequential([steps, cellOf(true), dense({ units: 1 })])))["lstm"]?.wx?.shape).toEqual([4, 8]);
  expect((await read(sequential([row, dense({ units: 1 })])))["dense"]?.kernel?.data).toHaveLength(4);
  expect((await read(graph))["lstm"]?.wx?.data).toBeUndefined();
  const { kernel } = (await weightsOf(graph))["dense"]!;
  if (kernel?.data !== undefined) kernel satisfies HostArray;
});

test("one of several makers may be chosen by a condition", () => {
  const kindsOf = (first: boolean) => [
    (first ? lstm : gru)({ units: 2, name: "body" }).kind,
    (first ? dense : simpleRNN)({ units: 2, activation: "tanh" }).kind,
    (first ? attention : additiveAttention)({ units: 2, ...(first && { score: "additive" }) }).kind,
    (first ? layerNormalization : rmsNormalization)().kind,
    (first ? mgu : recurrent(minimal()))({ units: 2 }).kind,
  ];
  expect(kindsOf(true)).toEqual(["lstm", "dense", "attention", "layerNormalization", "mgu"]);
  expect(kindsOf(false)).toEqual(["gru", "simpleRNN", "additiveAttention", "rmsNormalization", "mgu"]);
});

test("weights are set in the form in which they are read", async () => {
  using trainer = await sequential([row, dense({ units: 1 })]).compile({ backend });
  const kernel: HostArray = { dtype: "f32", shape: [4, 1], data: Float32Array.of(1, 2, 3, 4) };
  const bias: HostArray = { dtype: "f32", shape: [1], data: Float32Array.of(5) };
  trainer.setWeights({ dense: { kernel, bias } });
  expect([...(await trainer.weights()).dense.kernel.data]).toEqual([1, 2, 3, 4]);
  // @ts-expect-error: a misspelt layer
  expect(() => trainer.setWeights({ dens: { kernel, bias } })).toThrow("dens");
  // @ts-expect-error: a misspelt weight
  expect(() => trainer.setWeights({ dense: { kernl: kernel, bias } })).toThrow("kernl");
  using loaded = await deserialize(await serialize(trainer)).compile({ backend });
  loaded.setWeights({ dense: { kernel, bias: { ...bias, data: Float32Array.of(6) } } });
  const copy = async <W>(from: Trainer<null, null, W>, to: Trainer<null, null, W>) => to.setWeights(await from.weights());
  await copy(loaded, trainer);
  expect((await trainer.weights()).dense.bias?.data[0]).toBe(6);
});
