// Models of every kind of layer, with sizes to run them at: what the tests of the export, and its check by onnxruntime, are over.
import { cell, tanh } from "@sluice/core";
import * as nn from "@sluice/nn";
import type { AnyModel } from "@sluice/nn/kit";
import type { ToOnnxOptions } from "../options.ts";

export interface ModelCase {
  readonly name: string;
  readonly model: AnyModel;
  /** One sample's, by input. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly options?: ToOnnxOptions;
  /** Batch, and steps of each input that has some. */
  readonly runs: readonly { readonly batch: number; readonly steps?: number | Readonly<Record<string, number>> }[];
  /** Whether rows end in steps that do not count: by `lengths` beside x, or by the index 0. */
  readonly padded?: boolean;
  /** Of the model's numbers. Default "f32". */
  readonly dtype?: "f32" | "f64";
}

const both = [
  { batch: 2, steps: 6 },
  { batch: 3, steps: 9 },
] as const;

/** Steps with every remainder by strides of up to 5. */
const spread = [1, 2, 3, 4, 5, 6, 7, 8, 9, 33].map((steps) => ({ batch: 2, steps }));

/** One layer between a projection, which keeps the steps, and a head. */
function between(name: string, layer: nn.InSequence, more: Partial<ModelCase> = {}): ModelCase {
  return sequence(name, [nn.dense({ units: 4 }), layer], more);
}

function sequence(name: string, layers: readonly nn.InSequence[], more: Partial<ModelCase> = {}): ModelCase {
  return { name, model: nn.sequential([...layers]), shapes: { x: [6, 3] }, runs: both, ...more };
}

function words(name: string, layers: readonly nn.InSequence[], more: Partial<ModelCase> = {}): ModelCase {
  return sequence(name, [nn.embedding({ inputDim: 9, outputDim: 4, maskIndex: 0 }), ...layers], {
    shapes: { x: [6] },
    padded: true,
    ...more,
  });
}

/** Sequences with `lengths` beside them. */
function lengths(name: string, layers: readonly nn.InSequence[], more: Partial<ModelCase> = {}): ModelCase {
  return sequence(name, layers, { padded: true, ...more, options: { lengths: true, ...more.options } });
}

const gate = cell({
  name: "leaky",
  weights: ({ input, units }) => ({
    w: { axes: { input, units }, init: "glorotUniform" },
    u: { axes: { units: units, out: units }, init: "orthogonal" },
  }),
  state: ({ units }) => ({ h: { axes: { units } } }),
  step: (p, x, { h }) => {
    const next = h.mul(0.9).add(tanh(x.dot(p.w).add(h.dot(p.u))).mul(0.1));
    return { output: next, state: { h: next } };
  },
});

const activations = ["relu", "sigmoid", "tanh", "softsign", "softplus", "hardSigmoid", "hardSigmoidKeras3", "hardTanh", "hardSilu", "silu", "gelu", "geluTanh", "elu", "selu", "celu", "leakyRelu", "relu6", "mish", "exponential", "logSigmoid", "tanhShrink", "softShrink", "hardShrink", "squareplus", "sparsePlus", "sparseSigmoid", "softmax", "logSoftmax", "swish", "linear"] as const; // prettier-ignore
const all = { returnSequences: true } as const;

const recurrent: readonly ModelCase[] = [
  sequence("lstm", [nn.lstm({ units: 4 })]),
  sequence("lstm-sequences", [nn.lstm({ units: 4, ...all }), nn.lstm({ units: 3, ...all })]),
  sequence("lstm-backwards", [nn.lstm({ units: 4, goBackwards: true, ...all }), nn.lstm({ units: 4, goBackwards: true })]),
  sequence("lstm-peepholes", [nn.lstm({ units: 4, peepholes: true, ...all })]),
  sequence("bidirectional-peepholes", [nn.bidirectional(nn.lstm({ units: 4, peepholes: true, initialState: "learnt" }))]),
  sequence("lstm-clipped", [nn.lstm({ units: 4, peepholes: true, cellClip: 0.3, ...all })]),
  sequence("lstm-coupled", [nn.lstm({ units: 4, coupled: true, ...all })]),
  sequence("lstm-coupled-peepholes", [nn.lstm({ units: 4, coupled: true, peepholes: true, ...all })]),
  sequence("lstm-no-bias", [nn.lstm({ units: 4, useBias: false, ...all })]),
  sequence("lstm-projection", [nn.lstm({ units: 4, projection: 3, ...all })]),
  sequence("lstm-norm", [nn.lstm({ units: 4, layerNorm: true, ...all })]),
  sequence("lstm-activations", [nn.lstm({ units: 4, activation: "relu", recurrentActivation: "hardSigmoid", ...all })]),
  sequence("lstm-keras3", [nn.lstm({ units: 4, activation: "softsign", recurrentActivation: "hardSigmoidKeras3", ...all })]),
  sequence("lstm-gelu", [nn.lstm({ units: 4, activation: "gelu", ...all })]),
  sequence("lstm-learnt", [nn.lstm({ units: 4, initialState: "learnt", ...all })]),
  sequence("lstm-dropout", [nn.lstm({ units: 4, dropout: 0.2, recurrentDropout: 0.1, zoneout: 0.1 })]),
  sequence("gru", [nn.gru({ units: 4, ...all }), nn.gru({ units: 3 })]),
  sequence("gru-before", [nn.gru({ units: 4, reset: "before", ...all })]),
  sequence("gru-none", [nn.gru({ units: 4, reset: "none", ...all })]),
  sequence("gru-replaces", [nn.gru({ units: 4, update: "replaces", ...all })]),
  sequence("gru-no-bias", [nn.gru({ units: 4, useBias: false, ...all })]),
  sequence("gru-norm", [nn.gru({ units: 4, layerNorm: true, ...all })]),
  sequence("rnn", [nn.simpleRNN({ units: 4, ...all }), nn.simpleRNN({ units: 3, activation: "relu", useBias: false })]),
  sequence("mgu", [nn.mgu({ units: 4 })]),
  sequence("own-cell", [nn.recurrent(gate)({ units: 4, ...all })]),
  sequence("own-cell-backwards", [nn.recurrent(gate)({ units: 4, goBackwards: true })]),
  sequence("bidirectional-lstm", [nn.bidirectional(nn.lstm({ units: 4, ...all })), nn.bidirectional(nn.lstm({ units: 2 }))]),
  sequence("bidirectional-gru", [
    nn.bidirectional(nn.gru({ units: 4, ...all }), { mergeMode: "sum" }),
    nn.bidirectional(nn.gru({ units: 2 }), { mergeMode: "ave" }),
  ]),
  sequence("bidirectional-rnn", [nn.bidirectional(nn.simpleRNN({ units: 4, ...all }), { mergeMode: "mul" })]),
  sequence("bidirectional-mgu", [nn.bidirectional(nn.mgu({ units: 4 }))]),
  lengths("lstm-lengths", [nn.lstm({ units: 4, ...all }), nn.lstm({ units: 3 })]),
  lengths("gru-lengths", [nn.gru({ units: 4, ...all }), nn.gru({ units: 3, goBackwards: true, ...all })]),
  lengths("bidirectional-lengths", [
    nn.bidirectional(nn.lstm({ units: 4, ...all })),
    nn.bidirectional(nn.gru({ units: 3 })),
    nn.dense({ units: 2 }),
  ]),
  lengths("lstm-learnt-lengths", [nn.lstm({ units: 4, initialState: "learnt" }), nn.dense({ units: 2 })]),
  lengths("own-cell-lengths", [nn.recurrent(gate)({ units: 4, ...all })]),
  lengths("lstm-last-of-sequence-lengths", [nn.lstm({ units: 4, ...all }), nn.globalAveragePooling1D()]),
  words("words-lstm", [nn.lstm({ units: 4 }), nn.dense({ units: 2 })]),
  words("words-right-padded", [nn.bidirectional(nn.lstm({ units: 4, ...all })), nn.gru({ units: 3 }), nn.dense({ units: 2 })], {
    options: { rightPadded: true },
  }),
  {
    ...lengths("words-lengths", [
      nn.embedding({ inputDim: 9, outputDim: 4 }),
      nn.lstm({ units: 4, ...all }),
      nn.multiHeadAttention({ numHeads: 2 }),
    ]),
    shapes: { x: [6] },
  },
  sequence("masking-gru", [nn.masking(), nn.gru({ units: 3, ...all })]),
];

const plain: readonly ModelCase[] = [
  sequence(
    "f64",
    [
      nn.conv1D({ filters: 3, kernelSize: 2 }),
      nn.lstm({ units: 4, ...all }),
      nn.multiHeadAttention({ numHeads: 2 }),
      nn.dense({ units: 2, activation: "softmax" }),
    ],
    { dtype: "f64" },
  ),
  sequence("dense", [nn.dense({ units: 4, activation: "relu" }), nn.dense({ units: 2, useBias: false })]),
  {
    name: "dense-features",
    model: nn.sequential([nn.dense({ units: 4, activation: "softmax" })]),
    shapes: { x: [3] },
    runs: [{ batch: 2 }, { batch: 5 }],
  },
  { name: "activations", model: activated(), shapes: { x: [6, 3] }, runs: both },
  between("relu", nn.relu({ maxValue: 0.5, negativeSlope: 0.1, threshold: 0.1 })),
  between("leaky-relu", nn.leakyRelu()),
  between("elu", nn.elu()),
  between("prelu", nn.prelu({ sharedAxes: [1] })),
  between("softmax", nn.softmax()),
  between("softmax-steps", nn.softmax({ axis: 1 })),
  lengths("softmax-steps-lengths", [nn.dense({ units: 4 }), nn.softmax({ axis: 1 })]),
  between("dropout", nn.dropout({ rate: 0.5 })),
  between("noise", nn.gaussianNoise({ stddev: 0.5 })),
  between("batch-normalization", nn.batchNormalization()),
  between("layer-normalization", nn.layerNormalization()),
  between("layer-normalization-plain", nn.layerNormalization({ center: false, scale: false, epsilon: 1e-5 })),
  between("layer-normalization-axes", nn.layerNormalization({ axis: [-2, -1] }), { options: { steps: 6 }, runs: [{ batch: 2, steps: 6 }] }),
  between("rms-normalization", nn.rmsNormalization()),
  between("group-normalization", nn.groupNormalization({ groups: 2 })),
  lengths("group-normalization-lengths", [nn.dense({ units: 4 }), nn.groupNormalization({ groups: 2 })]),
  between("unit-normalization", nn.unitNormalization()),
  between("normalization", nn.normalization({ mean: 0.2, variance: 3 })),
  between("normalization-back", nn.normalization({ invert: true })),
  between("rescaling", nn.rescaling({ scale: 0.5, offset: -1 })),
  between("reshape", nn.reshape({ targetShape: [12, 2] }), {
    options: { steps: 6 },
    runs: [
      { batch: 2, steps: 6 },
      { batch: 3, steps: 6 },
    ],
  }),
  sequence("flatten", [nn.flatten(), nn.dense({ units: 2 })], {
    options: { steps: 6 },
    runs: [
      { batch: 2, steps: 6 },
      { batch: 3, steps: 6 },
    ],
  }),
  between("permute", nn.permute({ dims: [2, 1] })),
  sequence("repeat-vector", [nn.gru({ units: 3 }), nn.repeatVector({ n: 4 }), nn.gru({ units: 2, ...all })]),
  between("zero-padding", nn.zeroPadding1D({ padding: [1, 2] })),
  between("cropping", nn.cropping1D({ cropping: [1, 2] })),
  between("up-sampling", nn.upSampling1D({ size: 2 })),
  between("time-distributed", nn.timeDistributed(nn.dense({ units: 2, activation: "tanh" }))),
  between("nested", nn.sequential([nn.dense({ units: 3, activation: "tanh" }), nn.lstm({ units: 2, ...all })])),
  words("embedding", []),
  { name: "reversible-embedding", model: tied(), shapes: { x: [6] }, runs: both },
  {
    name: "tokens-and-positions",
    model: nn.sequential([nn.tokenAndPositionEmbedding({ vocabularySize: 9, sequenceLength: 12, embeddingDim: 4 })]),
    shapes: { x: [6] },
    runs: both,
  },
  between("position-embedding", nn.positionEmbedding({ sequenceLength: 11 })),
  between("positional-encoding", nn.positionalEncoding()),
  between(
    "lambda",
    nn.lambda((x) => tanh(x).mul(2).flip(1)),
  ),
];

const windows: readonly ModelCase[] = [
  ...(["valid", "same", "causal"] as const).flatMap((padding) => [
    sequence(`conv-${padding}`, [nn.conv1D({ filters: 4, kernelSize: 3, padding, activation: "relu" })]),
    sequence(`conv-${padding}-dilated`, [nn.conv1D({ filters: 4, kernelSize: 3, padding, dilationRate: 2, useBias: false })]),
    sequence(`conv-${padding}-strided`, [
      nn.conv1D({ filters: 4, kernelSize: 2, padding, strides: 2 }),
      nn.conv1D({ filters: 2, kernelSize: 2, padding, strides: 3 }),
    ]),
  ]),
  between("conv-groups", nn.conv1D({ filters: 6, kernelSize: 3, groups: 2 })),
  lengths("conv-lengths", [nn.conv1D({ filters: 4, kernelSize: 3, padding: "same" }), nn.gru({ units: 3 })]),
  between("depthwise", nn.depthwiseConv1D({ kernelSize: 3, depthMultiplier: 2, padding: "causal" })),
  between("separable", nn.separableConv1D({ filters: 5, kernelSize: 3, strides: 2, padding: "same" })),
  between("conv-transpose", nn.conv1DTranspose({ filters: 3, kernelSize: 3, strides: 2 })),
  between("conv-transpose-same", nn.conv1DTranspose({ filters: 3, kernelSize: 2, strides: 3, padding: "same" })),
  between("conv-transpose-dilated", nn.conv1DTranspose({ filters: 3, kernelSize: 3, dilationRate: 2 })),
  ...(["valid", "same"] as const).flatMap((padding) => [
    between(`max-pooling-${padding}`, nn.maxPooling1D({ poolSize: 3, strides: 2, padding })),
    between(`average-pooling-${padding}`, nn.averagePooling1D({ poolSize: 3, strides: 2, padding })),
  ]),
  between("max-pooling-apart", nn.maxPooling1D({ poolSize: 2, strides: 3, padding: "same" }), { runs: spread }),
  between("average-pooling-apart", nn.averagePooling1D({ poolSize: 2, strides: 5, padding: "same" }), { runs: spread }),
  between("conv-apart", nn.conv1D({ filters: 2, kernelSize: 2, strides: 5, padding: "same" }), { runs: spread }),
  between("depthwise-apart", nn.depthwiseConv1D({ kernelSize: 3, strides: 4, padding: "same" }), { runs: spread }),
  sequence("conv-apart-twice", [nn.conv1D({ filters: 3, kernelSize: 1, padding: "same", strides: 2 }), nn.maxPooling1D({ poolSize: 3, strides: 5, padding: "same" })], { runs: spread }), // prettier-ignore
  between("conv-transpose-apart", nn.conv1DTranspose({ filters: 3, kernelSize: 2, strides: 4, padding: "same" }), { runs: spread }),
  between("global-average", nn.globalAveragePooling1D()),
  between("global-max", nn.globalMaxPooling1D({ keepDims: true })),
  lengths("global-average-lengths", [nn.dense({ units: 4 }), nn.globalAveragePooling1D()]),
  lengths("global-max-lengths", [nn.dense({ units: 4 }), nn.globalMaxPooling1D()]),
  lengths("max-pooling-lengths", [nn.dense({ units: 4 }), nn.maxPooling1D(), nn.globalMaxPooling1D()]),
];

const attending: readonly ModelCase[] = [
  between("multi-head", nn.multiHeadAttention({ numHeads: 2 })),
  between("multi-head-causal", nn.multiHeadAttention({ numHeads: 2, causal: true, residual: true, softCap: 2, useBias: false })),
  between("multi-head-rotary", nn.multiHeadAttention({ numHeads: 2, rotary: true })),
  between("multi-head-sizes", nn.multiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 5, outputDim: 6 })),
  between("multi-head-additive", nn.multiHeadAttention({ numHeads: 2, score: "additive", scoreUnits: 3 })),
  between("multi-head-plain", nn.multiHeadAttention({ numHeads: 2, useProjections: false })),
  between("group-query", nn.groupQueryAttention({ headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2 })),
  between("attention", nn.attention()),
  between("attention-causal", nn.attention({ causal: true, useScale: true })),
  between("additive-attention", nn.additiveAttention()),
  lengths("multi-head-lengths", [nn.dense({ units: 4 }), nn.multiHeadAttention({ numHeads: 2 })]),
  lengths("attention-lengths", [nn.dense({ units: 4 }), nn.attention(), nn.lstm({ units: 2 })]),
  between("transformer-encoder", nn.transformerEncoder({ intermediateDim: 6, numHeads: 2 })),
  between(
    "transformer-encoder-first",
    nn.transformerEncoder({ intermediateDim: 6, numHeads: 2, normalizeFirst: true, activation: "gelu" }),
  ),
  lengths("transformer-encoder-lengths", [nn.dense({ units: 4 }), nn.transformerEncoder({ intermediateDim: 6, numHeads: 2 })]),
  between("transformer-decoder-alone", nn.transformerDecoder({ intermediateDim: 6, numHeads: 2 })),
];

/** All of them of one value. */
function activated(): AnyModel {
  const x = nn.input(),
    y = nn.dense({ units: 4 })(x);
  return nn.model({
    inputs: { x },
    outputs: Object.fromEntries(activations.map((activation) => [activation, nn.activation({ activation })(y)])),
  });
}

function tied(): AnyModel {
  const ids = nn.input({ dtype: "i32" }),
    table = nn.reversibleEmbedding({ inputDim: 9, outputDim: 4 });
  const read = nn.lstm({ units: 4, ...all })(table(ids));
  return nn.model({ inputs: ids, outputs: table(read) });
}

function merged(): AnyModel {
  const x = nn.input();
  const [a, b] = [nn.dense({ units: 4 })(x), nn.dense({ units: 4, activation: "tanh" })(x)];
  const outputs = {
    added: nn.add()([a, b]),
    subtracted: nn.subtract()([a, b]),
    multiplied: nn.multiply()([a, b]),
    averaged: nn.average()([a, b, x2(a)]),
    largest: nn.maximum()([a, b]),
    least: nn.minimum()([a, b]),
    sideBySide: nn.concatenate()([a, b]),
    after: nn.concatenate({ axis: 1 })([a, b]),
    scores: nn.dot({ axes: 2 })([a, b]),
    cosines: nn.dot({ axes: [2, 2], normalize: true })([a, b]),
  };
  return nn.model({ inputs: { x }, outputs });
}

function x2(x: Parameters<ReturnType<typeof nn.dense>>[0]) {
  return nn.lambda((t) => t.mul(2))(x);
}

/** Sequence to sequence, with states passed on and attention to another sequence. */
function translation(): AnyModel {
  const [source, target] = [nn.input({ dtype: "i32" }), nn.input({ dtype: "i32" })];
  const memory = nn.lstm({ units: 4, ...all })(nn.embedding({ inputDim: 9, outputDim: 3, maskIndex: 0 })(source));
  const decoded = nn.lstm({ units: 4, ...all })(nn.embedding({ inputDim: 9, outputDim: 3 })(target), { initialState: memory.state });
  const looked = nn.multiHeadAttention({ numHeads: 2 })(decoded, { value: memory });
  return nn.model({
    inputs: { source, target },
    outputs: { next: nn.dense({ units: 9, activation: "softmax" })(looked), alignment: looked.scores },
  });
}

function everything(): AnyModel {
  const [source, target] = [nn.input({ dtype: "i32" }), nn.input({ dtype: "i32" })];
  const memory = nn.bidirectional(nn.lstm({ units: 4, ...all }))(nn.embedding({ inputDim: 9, outputDim: 6, maskIndex: 0 })(source));
  const embedded = nn.embedding({ inputDim: 9, outputDim: 6 })(target);
  const decoded = nn.attentionDecoder(nn.gru({ units: 4, ...all }))(embedded, { memory });
  const attended = nn.layerNormalization()(nn.multiHeadAttention({ numHeads: 2, causal: true, rotary: true, residual: true })(decoded));
  const kind = nn.dense({ units: 1, activation: "sigmoid" })(nn.globalAveragePooling1D()(memory));
  return nn.model({
    inputs: { source, target },
    outputs: { next: nn.dense({ units: 9, activation: "softmax" })(attended), alignment: decoded.scores, kind },
  });
}

function memoryBlocks(): AnyModel {
  const [x, m] = [nn.input(), nn.input()];
  const memory = nn.transformerEncoder({ intermediateDim: 6, numHeads: 2 })(nn.positionalEncoding()(m));
  return nn.model({ inputs: { x, m }, outputs: nn.transformerDecoder({ intermediateDim: 6, numHeads: 2 })(x, { memory }) });
}

/** Causally, aligned at the ends: of more queries than keys the first see none. */
function causalBeside(): AnyModel {
  const [x, m] = [nn.input(), nn.input()];
  const outputs = {
    heads: nn.multiHeadAttention({ numHeads: 2, causal: true })(x, { value: m }),
    groups: nn.groupQueryAttention({ headDim: 3, numQueryHeads: 2, numKeyValueHeads: 1, causal: "end" })(x, { value: m }),
    started: nn.multiHeadAttention({ numHeads: 2, causal: "start" })(x, { value: m }),
  };
  return nn.model({ inputs: { x, m }, outputs });
}

function bothWaysApart(): AnyModel {
  const x = nn.input();
  const ways = nn.bidirectional(nn.gru({ units: 3, ...all }), { mergeMode: "none" })(x);
  const last = nn.bidirectional(nn.lstm({ units: 3 }))(nn.concatenate()([ways.forward, ways.backward]));
  return nn.model({
    inputs: { x },
    outputs: { forward: ways.forward, backward: ways.backward, last, h: last.state.forward.h, c: last.state.backward.c },
  });
}

/** A layer used twice, on inputs of their own steps. */
function shared(): AnyModel {
  const [a, b] = [nn.input(), nn.input()],
    reader = nn.gru({ units: 3 });
  return nn.model({ inputs: { a, b }, outputs: nn.dense({ units: 1 })(nn.concatenate()([reader(a), reader(b)])) });
}

const apart = [
  { batch: 2, steps: { source: 6, target: 4, x: 6, m: 5, a: 3, b: 7 } },
  { batch: 3, steps: { source: 5, target: 8, x: 4, m: 7, a: 6, b: 2 } },
] as const;

const graphs: readonly ModelCase[] = [
  { name: "merges", model: merged(), shapes: { x: [6, 3] }, runs: both },
  { name: "translation", model: translation(), shapes: { source: [6], target: [5] }, runs: apart, padded: true },
  { name: "everything", model: everything(), shapes: { source: [6], target: [5] }, runs: apart, padded: true },
  { name: "memory-blocks", model: memoryBlocks(), shapes: { x: [6, 4], m: [5, 4] }, runs: apart },
  { name: "causal-beside", model: causalBeside(), shapes: { x: [6, 4], m: [5, 4] }, runs: [...apart, { batch: 2, steps: { x: 7, m: 3 } }] },
  { name: "both-ways-apart", model: bothWaysApart(), shapes: { x: [6, 3] }, runs: both },
  { name: "shared", model: shared(), shapes: { a: [6, 3], b: [5, 3] }, runs: apart },
  { name: "declared", model: nn.sequential([nn.input({ shape: [6, 3] }), nn.lstm({ units: 2, ...all }), nn.flatten(), nn.dense({ units: 2 })]), shapes: { x: [6, 3] }, runs: [{ batch: 2, steps: 6 }, { batch: 4, steps: 6 }] }, // prettier-ignore
  { name: "declared-dynamic", model: nn.sequential([nn.input({ shape: [600, 3] }), nn.lstm({ units: 2, ...all }), nn.dense({ units: 2 })]), shapes: { x: [600, 3] }, options: { steps: "dynamic" }, runs: [{ batch: 2, steps: 600 }] }, // prettier-ignore
];

/** One row of one step, too. */
function tiny(one: ModelCase): ModelCase {
  return one.runs === both ? { ...one, runs: [{ batch: 1, steps: 1 }, ...both] } : one;
}

export const modelCases: readonly ModelCase[] = [...recurrent.map(tiny), ...plain, ...windows, ...attending.map(tiny), ...graphs];
