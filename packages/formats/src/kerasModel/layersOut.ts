// Layers of @sluice/nn as Keras 3 has them: by kind, what each option is called there. A kind or an option that Keras has not is refused by name.
import type { Activation, Constraint, Regularizer } from "@sluice/nn";
import { activationOut } from "./activations.ts";
import { type Json, type JsonRecord, lookup } from "./json.ts";
import { constraintOut, initializerOut, regularizerOut } from "./starts.ts";
import { classOf } from "./variables.ts";

/** An option's name in Keras and its value; undefined where Keras has it not. */
type Out = (value: Json) => readonly [name: string, value: Json] | undefined;
type Outs = Readonly<Record<string, Out>>;

const as = (name: string): Out => (value) => [name, value]; // prettier-ignore
const only = (...values: readonly Json[]): Out => (value) => (values.includes(value) ? ["", null] : undefined); // prettier-ignore
/** Keras has it with another default, or none. */
const activation = (name: string): Out => (value) => {
  const found = activationOut(value as Activation); // which its maker has checked
  return found === undefined ? undefined : [name, found];
}; // prettier-ignore

function weights(...names: readonly string[]): Outs {
  const each = (name: string): [string, Out][] => [
    [`${name}Initializer`, (value) => { const found = initializerOut(value); return found && [`${name}_initializer`, found]; }],
    [`${name}Regularizer`, (value) => [`${name}_regularizer`, regularizerOut(value as Regularizer)]], // which its maker has checked
    [`${name}Constraint`, (value) => [`${name}_constraint`, constraintOut(value as Constraint)]], // likewise
  ]; // prettier-ignore
  return Object.fromEntries(names.flatMap(each));
}

const activity: Outs = { activityRegularizer: (value) => ["activity_regularizer", regularizerOut(value as Regularizer)] }; // likewise
const dense: Outs = {
  units: as("units"),
  activation: activation("activation"),
  useBias: as("use_bias"),
  ...weights("kernel", "bias"),
  ...activity,
};
const recurrent: Outs = {
  ...{
    ...dense,
    ...weights("recurrent"),
    returnSequences: as("return_sequences"),
    goBackwards: as("go_backwards"),
    stateful: as("stateful"),
  },
  ...{ dropout: as("dropout"), recurrentDropout: as("recurrent_dropout"), seed: as("seed"), initialState: only("zeros") },
};
const gated: Outs = { ...recurrent, recurrentActivation: activation("recurrent_activation"), layerNorm: only(false) };
const convolution: Outs = {
  ...{ kernelSize: as("kernel_size"), strides: as("strides"), padding: as("padding"), dilationRate: as("dilation_rate") },
  ...{ activation: activation("activation"), useBias: as("use_bias"), ...weights("bias"), ...activity },
};
const pooling: Outs = { poolSize: as("pool_size"), strides: as("strides"), padding: as("padding") };
const scaled: Outs = { epsilon: as("epsilon"), center: as("center"), scale: as("scale"), ...weights("beta", "gamma") };
const dropped: Outs = { rate: as("rate"), seed: as("seed") };
/** What a call says in Keras. */
const attention: Outs = { dropout: as("dropout"), seed: as("seed"), residual: only(false), causal: () => ["", null] };
const heads: Outs = { ...attention, useBias: as("use_bias"), ...weights("kernel", "bias"), ...activity };

const outs: Readonly<Record<string, Outs>> = {
  dense,
  embedding: {
    inputDim: as("input_dim"),
    outputDim: as("output_dim"),
    ...weights("embeddings"),
    ...activity,
    maskIndex: (value) => (value === 0 ? ["mask_zero", true] : undefined),
  },
  reversibleEmbedding: {
    inputDim: as("input_dim"),
    outputDim: as("output_dim"),
    logitSoftCap: as("logit_soft_cap"),
    ...weights("embeddings"),
    useBias: only(false),
    activation: only("linear"),
  },
  masking: { maskValue: as("mask_value") },
  activation: { activation: activation("activation") },
  relu: { negativeSlope: as("negative_slope"), maxValue: as("max_value"), threshold: as("threshold") },
  leakyRelu: { negativeSlope: as("negative_slope") },
  prelu: { sharedAxes: as("shared_axes") },
  elu: { alpha: as("alpha") },
  softmax: { axis: as("axis") },
  lstm: {
    ...{
      ...gated,
      unitForgetBias: as("unit_forget_bias"),
      forgetBias: (value) => (value === 1 || value === 0 ? ["unit_forget_bias", value === 1] : undefined),
    },
    ...{ peepholes: only(false), coupled: only(false) },
  },
  gru: {
    ...{ ...gated, resetAfter: as("reset_after"), update: only("keeps") },
    reset: (value) => (value === "none" ? undefined : ["reset_after", value === "after"]),
  },
  simpleRNN: recurrent,
  attention: { ...attention, useScale: as("use_scale"), score: only("dot") },
  additiveAttention: { ...attention, useScale: as("use_scale") },
  multiHeadAttention: {
    ...{ ...heads, numHeads: as("num_heads"), keyDim: as("key_dim"), valueDim: as("value_dim"), outputDim: as("output_shape") },
    ...{ rotary: only(false), score: only("scaledDot"), useProjections: only(true) },
  },
  groupQueryAttention: {
    ...heads,
    headDim: as("head_dim"),
    numQueryHeads: as("num_query_heads"),
    numKeyValueHeads: as("num_key_value_heads"),
  },
  conv1D: { ...convolution, filters: as("filters"), groups: as("groups"), ...weights("kernel") },
  depthwiseConv1D: {
    ...convolution,
    depthMultiplier: as("depth_multiplier"),
    ...weights("depthwise"),
    padding: (value) => (value === "causal" ? undefined : ["padding", value]),
  },
  separableConv1D: {
    ...convolution,
    filters: as("filters"),
    depthMultiplier: as("depth_multiplier"),
    ...weights("depthwise", "pointwise"),
    padding: (value) => (value === "causal" ? undefined : ["padding", value]),
  },
  conv1DTranspose: { ...convolution, filters: as("filters"), ...weights("kernel") },
  maxPooling1D: pooling,
  averagePooling1D: pooling,
  globalMaxPooling1D: { keepDims: as("keepdims") },
  globalAveragePooling1D: { keepDims: as("keepdims") },
  batchNormalization: { ...scaled, momentum: as("momentum"), movingVariance: only("biased") },
  layerNormalization: { ...scaled, axis: as("axis") },
  rmsNormalization: { epsilon: as("epsilon") },
  groupNormalization: { ...scaled, groups: as("groups") },
  unitNormalization: { axis: as("axis") },
  normalization: { mean: as("mean"), variance: as("variance"), invert: as("invert") },
  rescaling: { scale: as("scale"), offset: as("offset") },
  dropout: dropped,
  spatialDropout1D: dropped,
  gaussianNoise: { stddev: as("stddev"), seed: as("seed") },
  gaussianDropout: dropped,
  alphaDropout: dropped,
  activityRegularization: { l1: as("l1"), l2: as("l2") },
  reshape: { targetShape: as("target_shape") },
  flatten: {},
  permute: { dims: as("dims") },
  repeatVector: { n: as("n") },
  zeroPadding1D: { padding: as("padding") },
  cropping1D: { cropping: as("cropping") },
  upSampling1D: { size: as("size") },
  ...{ add: {}, subtract: {}, multiply: {}, average: {}, maximum: {}, minimum: {} },
  concatenate: { axis: as("axis") },
  dot: { axes: as("axes"), normalize: as("normalize") },
};

/** Presets of @sluice/nn that are not Keras's, or that Keras must be told. */
const told: Readonly<Record<string, JsonRecord>> = {
  averagePooling1D: { pool_size: 2 },
  maxPooling1D: { pool_size: 2 },
  softmax: {},
  dot: {},
};

export function hasOut(kind: string): boolean {
  return Object.hasOwn(outs, kind);
}

/** Keras's class and its options; `refuse` hears of each that Keras has not. */
export function optionsOut(
  kind: string,
  config: object,
  refuse: (what: string) => void,
): { readonly className: string; readonly config: JsonRecord } {
  const rules = lookup(outs, kind) ?? {};
  const options = Object.entries(config as JsonRecord).flatMap(([name, value]): [string, Json][] => {
    if (name === "name") return [];
    const found = Object.hasOwn(rules, name) ? rules[name]?.(value) : undefined;
    if (found === undefined) refuse(`has ${name}: ${JSON.stringify(value)}`);
    return found === undefined || found[0] === "" ? [] : [[found[0], found[1]]];
  });
  const className = classOf(kind) === "GroupedQueryAttention" ? "GroupQueryAttention" : classOf(kind);
  return { className, config: { ...lookup(told, kind), ...Object.fromEntries(options) } };
}
