import { type HostArray } from "@sluice/core";
import { open } from "@sluice/cpu";
import {
  adam,
  batchNormalization,
  bidirectional,
  conv1D,
  conv1DTranspose,
  dense,
  depthwiseConv1D,
  embedding,
  groupNormalization,
  gru,
  input,
  layerNormalization,
  lstm,
  model as modelOf,
  multiHeadAttention,
  prelu,
  rmsNormalization,
  sequential,
  simpleRNN,
  transformerDecoder,
  transformerEncoder,
} from "@sluice/nn";
import { afterAll, describe, expect, test } from "vitest";
import { fromPyTorch } from "./fromPyTorch.ts";
import { beyond, hosted, torchFixture, torchModule } from "./testing/torch.ts";

const backend = await open();
afterAll(() => backend.close());

const flipped = ({ shape, data }: { readonly shape: readonly number[]; readonly data: readonly number[] }): HostArray => {
  const [steps = 0, batch = 0, size = 0] = shape;
  const at = (i: number): number =>
    data[((Math.floor(i / size) % steps) * batch + Math.floor(i / (size * steps))) * size + (i % size)] ?? NaN;
  return { dtype: "f32", shape: [batch, steps, size], data: Float32Array.from(data, (_, i) => at(i)) };
};
/** States of layers and directions one under the other, as PyTorch has them. */
const stacked = (states: readonly HostArray[]): HostArray => ({
  dtype: "f32",
  shape: [states.length, ...(states[0]?.shape ?? [])],
  data: Float32Array.from(states.flatMap(({ data }) => [...data])),
});

describe("each fixture as a model of nn", () => {
  test("lstm, with its states", async () => {
    const { file, inputs, outputs } = await torchFixture("lstm");
    const x = input({ shape: [5, 3] }),
      y = lstm({ units: 4, returnSequences: true })(x);
    const made = await fromPyTorch(modelOf({ inputs: { x }, outputs: { y, h: y.state.h, c: y.state.c } }), file, { layers: { lstm: "" } });
    using trainer = await made.compile({ backend });
    const got = await trainer.predict({ x: hosted(inputs[0]!) });
    expect(beyond([got.y, stacked([got.h]), stacked([got.c])], outputs)).toEqual([]);
  });

  test("lstm-2-bidirectional, each layer a layer", async () => {
    const { file, inputs, outputs } = await torchFixture("lstm-2-bidirectional");
    const x = input({ shape: [5, 3] }),
      a = bidirectional(lstm({ units: 4, returnSequences: true }), { name: "first" })(x),
      b = bidirectional(lstm({ units: 4, returnSequences: true }), { name: "second" })(a);
    const states = [a.state.forward, a.state.backward, b.state.forward, b.state.backward];
    const made = await fromPyTorch(
      modelOf({
        inputs: x,
        outputs: {
          y: b,
          ...Object.fromEntries(
            states.flatMap(({ h, c }, i) => [
              [`h${i}`, h],
              [`c${i}`, c],
            ]),
          ),
        },
      }),
      file,
      { layers: { first: "", second: { module: "", layer: 1 } } },
    );
    using trainer = await made.compile({ backend });
    const got: Readonly<Record<string, HostArray>> = await trainer.predict(hosted(inputs[0]!));
    const all = (name: string): HostArray => stacked(states.map((_, i) => got[`${name}${i}`]!));
    expect(beyond([got["y"]!, all("h"), all("c")], outputs)).toEqual([]);
  });

  test("lstm-projection", async () => {
    const { file, inputs, outputs } = await torchFixture("lstm-projection");
    const x = input({ shape: [5, 3] }),
      y = lstm({ units: 4, projection: 2, returnSequences: true })(x);
    const made = await fromPyTorch(modelOf({ inputs: x, outputs: { y, h: y.state.h, c: y.state.c } }), file, { layers: { lstm: "" } });
    using trainer = await made.compile({ backend });
    const got = await trainer.predict(hosted(inputs[0]!));
    expect(beyond([got.y, stacked([got.h]), stacked([got.c])], outputs)).toEqual([]);
  });

  test("lstm-cell, gruCell, rnnCell: a sequence of one step", async () => {
    const { file, inputs, outputs } = await torchFixture("lstm-cell");
    const x = input({ shape: [1, 3] }),
      y = lstm({ units: 4 })(x);
    using trainer = await (
      await fromPyTorch(modelOf({ inputs: x, outputs: { h: y, c: y.state.c } }), file, { layers: { lstm: "" } })
    ).compile({ backend });
    const step = ({
      shape: [batch = 0, size = 0],
      data,
    }: {
      readonly shape: readonly number[];
      readonly data: readonly number[];
    }): HostArray => hosted({ shape: [batch, 1, size], data });
    const { h, c } = await trainer.predict(step(inputs[0]!));
    expect(beyond([h, c], outputs)).toEqual([]);
    for (const [name, layer] of Object.entries({ gruCell: gru({ units: 4 }), rnnCell: simpleRNN({ units: 4, activation: "relu" }) })) {
      const cell = await torchModule(name);
      const made = await fromPyTorch(sequential([input({ shape: [1, 3] }), layer]), cell.tensors, { layers: { [layer.kind]: name } });
      using own = await made.compile({ backend });
      expect(beyond([await own.predict(step(cell.inputs[0]!))], cell.outputs)).toEqual([]);
    }
  });

  test.each([
    ["gru", {}],
    ["gru-no-bias", { useBias: false }],
  ] as const)("%s", async (name, options) => {
    const { file, inputs, outputs } = await torchFixture(name);
    const x = input({ shape: [5, 3] }),
      y = gru({ units: 4, returnSequences: true, ...options })(x);
    using trainer = await (
      await fromPyTorch(modelOf({ inputs: x, outputs: { y, h: y.state.h } }), file, { layers: { gru: "" } })
    ).compile({ backend });
    const got = await trainer.predict(hosted(inputs[0]!));
    expect(beyond([got.y, stacked([got.h])], outputs)).toEqual([]);
  });

  test("gru-bidirectional-time-major, batch first", async () => {
    const { file, inputs, outputs } = await torchFixture("gru-bidirectional-time-major");
    const x = input({ shape: [5, 3] }),
      y = bidirectional(gru({ units: 4, returnSequences: true }))(x),
      { forward, backward } = y.state;
    const made = await fromPyTorch(modelOf({ inputs: x, outputs: { y, f: forward.h, b: backward.h } }), file, {
      layers: { bidirectional: "" },
    });
    using trainer = await made.compile({ backend });
    const got = await trainer.predict(flipped(inputs[0]!));
    const wanted = flipped(outputs[0]!);
    expect(beyond([got.y, stacked([got.f, got.b])], [{ shape: wanted.shape, data: [...wanted.data] }, outputs[1]!])).toEqual([]);
  });

  test("rnn-relu, and two layers of tanh both ways", async () => {
    const { file, inputs, outputs } = await torchFixture("rnn-relu");
    const x = input({ shape: [5, 3] }),
      y = simpleRNN({ units: 4, activation: "relu", returnSequences: true })(x);
    using trainer = await (
      await fromPyTorch(modelOf({ inputs: x, outputs: { y, h: y.state.h } }), file, { layers: { simpleRNN: "" } })
    ).compile({ backend });
    const got = await trainer.predict(hosted(inputs[0]!));
    expect(beyond([got.y, stacked([got.h])], outputs)).toEqual([]);
    const two = await torchModule("rnn"),
      both = () => bidirectional(simpleRNN({ units: 4, returnSequences: true }));
    const made = await fromPyTorch(sequential([both(), both()]), two.tensors, {
      layers: { bidirectional: "rnn", bidirectional_1: { module: "rnn", layer: 1 } },
      shape: [5, 3],
    });
    using twice = await made.compile({ backend });
    expect(beyond([await twice.predict(hosted(two.inputs[0]!))], two.outputs.slice(0, 1))).toEqual([]);
  });

  test("multihead, and keys and values of other sizes", async () => {
    const { file, inputs, outputs } = await torchFixture("multihead");
    const made = await fromPyTorch(sequential([multiHeadAttention({ numHeads: 2, name: "mha" })]), file, { shape: [5, 8] });
    using trainer = await made.compile({ backend });
    expect(beyond([await trainer.predict(hosted(inputs[0]!))], outputs)).toEqual([]);
    const other = await torchModule("kdim");
    const [query, key, value] = [input({ shape: [3, 8] }), input({ shape: [4, 6] }), input({ shape: [4, 5] })];
    const looking = modelOf({
      inputs: { query, key, value },
      outputs: multiHeadAttention({ numHeads: 2, name: "kdim" })(query, { key, value }),
    });
    using looker = await (await fromPyTorch(looking, other.tensors)).compile({ backend });
    const [q, k, v] = other.inputs.map(hosted);
    expect(beyond([await looker.predict({ query: q!, key: k!, value: v! })], other.outputs)).toEqual([]);
  });

  test("tagger", async () => {
    const { file, inputs, outputs } = await torchFixture("tagger");
    const tagger = sequential([
      embedding({ inputDim: 11, outputDim: 6 }),
      bidirectional(lstm({ units: 4, returnSequences: true })),
      layerNormalization({ epsilon: 1e-5 }),
      dense({ units: 3, activation: "softmax" }),
    ]);
    const made = await fromPyTorch(tagger, file, {
      layers: { bidirectional: "rnn", layerNormalization: "norm", dense: "head" },
      shape: [5],
    });
    using trainer = await made.compile({ backend });
    const { shape, data } = inputs[0]!;
    expect(beyond([await trainer.predict({ dtype: "i32", shape, data: Int32Array.from(data) })], outputs)).toEqual([]);
  });

  test("conv-gru-classifier", async () => {
    const { file, inputs, outputs } = await torchFixture("conv-gru-classifier");
    const classifier = sequential([
      conv1D({ filters: 6, kernelSize: 3, padding: "same", activation: "relu", name: "conv" }),
      gru({ units: 4 }),
      dense({ units: 8, activation: "relu" }),
      dense({ units: 2 }),
    ]);
    const made = await fromPyTorch(classifier, file, { layers: { dense: "fc.0", dense_1: "fc.2" }, shape: [5, 3] });
    using trainer = await made.compile({ backend });
    expect(beyond([await trainer.predict(hosted(inputs[0]!))], outputs)).toEqual([]);
  });

  test("transformer-encoder, norms first, a decoder, and an encoder layer behind a causal mask", async () => {
    const { file, inputs, outputs } = await torchFixture("transformer-encoder");
    const block = () => transformerEncoder({ intermediateDim: 16, numHeads: 2, activation: "gelu" });
    const layers = { transformerEncoder: "layers.0", transformerEncoder_1: "layers.1" };
    using trainer = await (await fromPyTorch(sequential([block(), block()]), file, { layers, shape: [5, 8] })).compile({ backend });
    expect(beyond([await trainer.predict(hosted(inputs[0]!))], outputs)).toEqual([]);
    const first = await torchModule("encoderFirst");
    const prenorm = sequential([
      transformerEncoder({ intermediateDim: 12, numHeads: 2, activation: "gelu", normalizeFirst: true, name: "encoderFirst" }),
    ]);
    using normed = await (await fromPyTorch(prenorm, first.tensors, { shape: [5, 8] })).compile({ backend });
    expect(beyond([await normed.predict(hosted(first.inputs[0]!))], first.outputs)).toEqual([]);
    const decoder = await torchModule("decoder");
    const [x, memory] = [input({ shape: [5, 8] }), input({ shape: [4, 8] })];
    const decoding = modelOf({
      inputs: { x, memory },
      outputs: transformerDecoder({ intermediateDim: 12, numHeads: 2, name: "decoder" })(x, { memory }),
    });
    using decodes = await (await fromPyTorch(decoding, decoder.tensors)).compile({ backend });
    const [steps, keys] = decoder.inputs.map(hosted);
    expect(beyond([await decodes.predict({ x: steps!, memory: keys! })], decoder.outputs)).toEqual([]);
    const causal = await torchModule("causal");
    const writer = sequential([transformerDecoder({ intermediateDim: 12, numHeads: 2, name: "causal" })]);
    using writes = await (await fromPyTorch(writer, causal.tensors, { shape: [5, 8] })).compile({ backend });
    expect(beyond([await writes.predict(hosted(causal.inputs[0]!))], causal.outputs)).toEqual([]);
  });

  test.each([
    ["conv", conv1D({ filters: 6, kernelSize: 3, strides: 2, dilationRate: 2, groups: 2, name: "conv" })],
    ["depthwise", depthwiseConv1D({ kernelSize: 3, depthMultiplier: 2, name: "depthwise" })],
    ["transposed", conv1DTranspose({ filters: 3, kernelSize: 3, strides: 2, name: "transposed" })],
    ["batchNorm", batchNormalization({ epsilon: 1e-5, name: "batchNorm" })],
    ["groupNorm", groupNormalization({ groups: 2, epsilon: 1e-5, name: "groupNorm" })],
    ["prelu", prelu({ sharedAxes: [1], name: "prelu" })],
    ["layerNorm", layerNormalization({ epsilon: 1e-5, center: false, name: "layerNorm" })],
    ["rmsNorm", rmsNormalization({ epsilon: 1e-6, name: "rmsNorm" })],
  ])("%s", async (name, layer) => {
    const { tensors, inputs, outputs } = await torchModule(name);
    const made = await fromPyTorch(sequential([layer]), tensors, { shape: (inputs[0]?.shape ?? []).slice(1) });
    using trainer = await made.compile({ backend });
    expect(beyond([await trainer.predict(hosted(inputs[0]!))], outputs)).toEqual([]);
  });
});

test("a model that came streams what PyTorch gives of the whole, and trains further", async () => {
  const { file, inputs, outputs } = await torchFixture("lstm");
  const made = await fromPyTorch(sequential([input({ shape: [5, 3] }), lstm({ units: 4, returnSequences: true })]), file, {
    layers: { lstm: "" },
  });
  using trainer = await made.compile({ backend, optimizer: adam({ learningRate: 0.01 }), loss: "mse" });
  const { shape: [batch = 0, steps = 0, size = 0], data: x } = inputs[0]!, // prettier-ignore
    y = outputs[0]!;
  expect((await trainer.weights()).lstm.wx.shape).toEqual([3, 16]); // a misspelt one does not compile
  await using stream = await trainer.stream({ batch });
  for (let t = 0; t < steps; t++) {
    const rows = (data: readonly number[], width: number): number[] =>
      Array.from({ length: batch * width }, (_, i) => data[(Math.floor(i / width) * steps + t) * width + (i % width)] ?? NaN);
    const step = await stream.step({ dtype: "f32", shape: [batch, size], data: Float32Array.from(rows(x, size)) });
    expect(beyond([step], [{ shape: [batch, 4], data: rows(y.data, 4) }])).toEqual([]);
  }
  const wanted = { dtype: "f32", shape: y.shape, data: Float32Array.from(y.data, (value) => value * 0.5) } as const;
  const { epochs } = await trainer.fit({ x: hosted(inputs[0]!), y: wanted }, { epochs: 20 });
  expect(epochs.at(-1)?.loss).toBeLessThan(0.5 * (epochs[0]?.loss ?? 0));
});
