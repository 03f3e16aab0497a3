// For tests: a model for each module of the fixtures, with the module of each of its layers.
import {
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
  model,
  multiHeadAttention,
  prelu,
  rmsNormalization,
  sequential,
  simpleRNN,
  transformerDecoder,
  transformerEncoder,
} from "@sluice/nn";
import type { AnyModel } from "@sluice/nn/kit";
import type { Place } from "../places.ts";

export interface TorchCase {
  /** A file of its own, or a module of those that share one. */
  readonly own: boolean;
  readonly model: AnyModel;
  readonly layers: Readonly<Record<string, Place>>;
}

const all = { returnSequences: true } as const;
const seq = (own: boolean, shape: readonly number[], layers: Parameters<typeof sequential>[0], places: TorchCase["layers"]): TorchCase => ({
  own,
  model: sequential([input({ shape }), ...layers]) as unknown as AnyModel, // of whatever layers
  layers: places,
});
const one = (shape: readonly number[], layer: Parameters<typeof sequential>[0][number]): TorchCase => seq(false, shape, [layer], {});

/** By the fixture's name. */
export const torchCases: Readonly<Record<string, TorchCase>> = {
  lstm: seq(true, [5, 3], [lstm({ units: 4, ...all })], { lstm: "" }),
  "lstm-2-bidirectional": seq(true, [5, 3], [bidirectional(lstm({ units: 4, ...all })), bidirectional(lstm({ units: 4, ...all }))], {
    bidirectional: "",
    bidirectional_1: { module: "", layer: 1 },
  }),
  "lstm-projection": seq(true, [5, 3], [lstm({ units: 4, projection: 2, ...all })], { lstm: "" }),
  "lstm-cell": seq(true, [1, 3], [lstm({ units: 4 })], { lstm: { module: "", cell: true } }),
  gru: seq(true, [5, 3], [gru({ units: 4, ...all })], { gru: "" }),
  "gru-no-bias": seq(true, [5, 3], [gru({ units: 4, useBias: false, ...all })], { gru: "" }),
  "gru-bidirectional-time-major": seq(true, [5, 3], [bidirectional(gru({ units: 4, ...all }))], { bidirectional: "" }),
  "rnn-relu": seq(true, [5, 3], [simpleRNN({ units: 4, activation: "relu", ...all })], { simpleRNN: "" }),
  multihead: seq(true, [5, 8], [multiHeadAttention({ numHeads: 2 })], { multiHeadAttention: "mha" }),
  tagger: {
    own: true,
    model: sequential([
      embedding({ inputDim: 11, outputDim: 6 }),
      bidirectional(lstm({ units: 4, ...all })),
      layerNormalization({ epsilon: 1e-5 }),
      dense({ units: 3, activation: "softmax" }),
    ]) as unknown as AnyModel, // likewise
    layers: { bidirectional: "rnn", layerNormalization: "norm", dense: "head" },
  },
  "conv-gru-classifier": seq(
    true,
    [5, 3],
    [
      conv1D({ filters: 6, kernelSize: 3, padding: "same", activation: "relu", name: "conv" }),
      gru({ units: 4 }),
      dense({ units: 8, activation: "relu" }),
      dense({ units: 2 }),
    ],
    { dense: "fc.0", dense_1: "fc.2" },
  ),
  "transformer-encoder": seq(
    true,
    [5, 8],
    [0, 1].map(() => transformerEncoder({ intermediateDim: 16, numHeads: 2, activation: "gelu" })),
    { transformerEncoder: "layers.0", transformerEncoder_1: "layers.1" },
  ),
  gruCell: seq(false, [1, 3], [gru({ units: 4 })], { gru: { module: "gruCell", cell: true } }),
  rnnCell: seq(false, [1, 3], [simpleRNN({ units: 4, activation: "relu" })], { simpleRNN: { module: "rnnCell", cell: true } }),
  rnn: seq(false, [5, 3], [bidirectional(simpleRNN({ units: 4, ...all })), bidirectional(simpleRNN({ units: 4, ...all }))], {
    bidirectional: "rnn",
    bidirectional_1: { module: "rnn", layer: 1 },
  }),
  lstmProjection: seq(
    false,
    [5, 3],
    [0, 1].map(() => bidirectional(lstm({ units: 4, projection: 2, ...all }))),
    {
      bidirectional: "lstmProjection",
      bidirectional_1: { module: "lstmProjection", layer: 1 },
    },
  ),
  kdim: attending(true, [3, 8], [4, 6], [4, 5]),
  unbiased: attending(false, [3, 8], [4, 8], [4, 8]),
  encoderFirst: one(
    [5, 8],
    transformerEncoder({ intermediateDim: 12, numHeads: 2, activation: "gelu", normalizeFirst: true, name: "encoderFirst" }),
  ),
  decoder: decoding(),
  causal: one([5, 8], transformerDecoder({ intermediateDim: 12, numHeads: 2, name: "causal" })),
  conv: one([9, 4], conv1D({ filters: 6, kernelSize: 3, strides: 2, dilationRate: 2, groups: 2, name: "conv" })),
  depthwise: one([6, 3], depthwiseConv1D({ kernelSize: 3, depthMultiplier: 2, name: "depthwise" })),
  transposed: one([5, 4], conv1DTranspose({ filters: 3, kernelSize: 3, strides: 2, name: "transposed" })),
  batchNorm: one([5, 4], batchNormalization({ epsilon: 1e-5, name: "batchNorm" })),
  groupNorm: one([5, 4], groupNormalization({ groups: 2, epsilon: 1e-5, name: "groupNorm" })),
  prelu: one([5, 4], prelu({ sharedAxes: [1], name: "prelu" })),
  layerNorm: one([5, 4], layerNormalization({ epsilon: 1e-5, center: false, name: "layerNorm" })),
  rmsNorm: one([5, 4], rmsNormalization({ epsilon: 1e-6, name: "rmsNorm" })),
};

function attending(useBias: boolean, ...shapes: readonly [readonly number[], readonly number[], readonly number[]]): TorchCase {
  const [query, key, value] = shapes.map((shape) => input({ shape })) as [
    ReturnType<typeof input>,
    ReturnType<typeof input>,
    ReturnType<typeof input>,
  ]; // three
  const heads = multiHeadAttention({ numHeads: useBias ? 2 : 4, useBias, name: useBias ? "kdim" : "unbiased" });
  const made = model({ inputs: { query, key, value }, outputs: heads(query, { key, value }) });
  return { own: false, model: made as unknown as AnyModel, layers: {} }; // of its own names
}

function decoding(): TorchCase {
  const [x, memory] = [input({ shape: [5, 8] }), input({ shape: [4, 8] })];
  const outputs = transformerDecoder({ intermediateDim: 12, numHeads: 2, name: "decoder" })(x, { memory });
  return { own: false, model: model({ inputs: { x, memory }, outputs }) as unknown as AnyModel, layers: {} }; // likewise
}
