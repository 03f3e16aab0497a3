// Keras's layers by class: their options, which layer of @sluice/nn each is, and what becomes of masks. A table: a class that is not here is refused by name.
import * as nn from "@sluice/nn";
import type { AnyLayer, LayerMaker } from "@sluice/nn";
import { isList, type JsonRecord, shown } from "./json.ts";
import {
  activation,
  activityRule,
  as,
  axes,
  constants,
  ignored,
  lastFirst,
  only,
  type OptionRules,
  seedRule,
  single,
  unsaid,
  weightRules,
} from "./options.ts";

/**
 * What Keras does with the mask of what a layer reads: "keeps": hands it on, and what stands at steps that do not count is the same here; "moves": hands it on, and it is not; "stops": looks at
 * all steps alike, and the mask ends; "heeds": leaves out what does not count, and the mask ends; "mixes": steps that do not count come into those that do, or the mask into features, as here they do not.
 */
export type MaskRule = "keeps" | "moves" | "stops" | "heeds" | "mixes";

/** How a layer is called, and what it gives. */
export type CallKind = "single" | "list" | "recurrent" | "attention" | "multiHead" | "reversible";

export interface LayerRule {
  readonly options: OptionRules;
  readonly make: LayerMaker;
  readonly call: CallKind;
  readonly masks: MaskRule;
  /** Added to the options. */
  readonly fixed?: JsonRecord;
  /** Of the features: it must be the last axis. */
  readonly lastAxis?: true;
}

const rule = (make: LayerMaker, masks: MaskRule, options: OptionRules, rest: Partial<LayerRule> = {}): LayerRule => ({
  call: "single",
  ...rest,
  make,
  masks,
  options,
});
const list = (make: LayerMaker, masks: MaskRule, options: OptionRules = {}): LayerRule => rule(make, masks, options, { call: "list" });

const recurrent: OptionRules = {
  ...{ units: as("units"), return_sequences: as("returnSequences"), go_backwards: as("goBackwards"), stateful: as("stateful") },
  ...{ return_state: ignored, zero_output_for_mask: ignored, unroll: ignored, implementation: ignored, use_cudnn: ignored },
  time_major: only("move the steps to axis 1", false),
  ...{ activation: activation("activation"), use_bias: as("useBias"), dropout: as("dropout"), recurrent_dropout: as("recurrentDropout") },
  ...weightRules("kernel", "recurrent", "bias"),
  ...activityRule,
  ...seedRule,
  ...{ input_dim: ignored, input_length: ignored },
};

const gated: OptionRules = { ...recurrent, recurrent_activation: activation("recurrentActivation") };

const convolution: OptionRules = {
  ...{ kernel_size: single("kernelSize"), strides: single("strides"), padding: as("padding"), dilation_rate: single("dilationRate") },
  ...{ data_format: lastFirst, activation: activation("activation"), use_bias: as("useBias") },
  ...weightRules("bias"),
  ...activityRule,
  rank: ignored,
};

const pooling: OptionRules = { pool_size: single("poolSize"), strides: single("strides"), padding: as("padding"), data_format: lastFirst };
const globalPooling: OptionRules = { data_format: lastFirst, keepdims: as("keepDims") };

const attention: OptionRules = { dropout: as("dropout"), ...seedRule, causal: only("say use_causal_mask=True where it is called", false) };

const heads: OptionRules = {
  ...{ use_bias: as("useBias"), dropout: as("dropout"), ...seedRule, ...activityRule, flash_attention: ignored },
  use_gate: only("multiply what it gives by a gate of your own", false),
  ...weightRules("kernel", "bias"),
  ...{ kernel_constraint: ignored, bias_constraint: ignored }, // Keras's are of other axes
};

const scaled: OptionRules = { epsilon: as("epsilon"), center: as("center"), scale: as("scale"), ...weightRules("beta", "gamma") };
const dropped: OptionRules = { rate: as("rate"), noise_shape: only("use keras.layers.SpatialDropout1D"), ...seedRule };
const quantised: OptionRules = {
  quantization_config: only("load it without quantisation"),
  lora_rank: only("merge what LoRA has learnt into the kernel"),
  lora_alpha: ignored,
};

/** Not in this table: wrappers, models and inputs. */
export const rules: Readonly<Record<string, LayerRule>> = {
  Dense: rule(nn.dense, "keeps", {
    units: as("units"),
    activation: activation("activation"),
    use_bias: as("useBias"),
    ...weightRules("kernel", "bias"),
    ...activityRule,
    ...quantised,
  }),
  Embedding: rule(nn.embedding, "keeps", {
    ...{
      input_dim: as("inputDim"),
      output_dim: as("outputDim"),
      input_length: ignored,
      ...weightRules("embeddings"),
      ...activityRule,
      ...quantised,
    },
    mask_zero: (value) => ({ give: value === true ? { maskIndex: 0 } : {} }),
  }),
  ReversibleEmbedding: rule(
    nn.reversibleEmbedding,
    "keeps",
    {
      ...{
        input_dim: as("inputDim"),
        output_dim: as("outputDim"),
        logit_soft_cap: as("logitSoftCap"),
        ...weightRules("embeddings"),
        ...quantised,
      },
      ...{ activity_regularizer: only("add it where it is called"), reverse_dtype: ignored },
      tie_weights: only("use an Embedding and a Dense without bias", true),
      mask_zero: only("put keras.layers.Masking behind it", false),
    },
    { call: "reversible" },
  ),
  Masking: rule(nn.masking, "keeps", { mask_value: as("maskValue") }),
  Identity: rule(nn.activation, "keeps", {}, { fixed: { activation: "linear" } }),
  Activation: rule(nn.activation, "keeps", { activation: activation("activation") }),
  ReLU: rule(nn.relu, "keeps", { max_value: as("maxValue"), negative_slope: as("negativeSlope"), threshold: as("threshold") }),
  ThresholdedReLU: rule(nn.relu, "keeps", { theta: as("threshold") }),
  LeakyReLU: rule(nn.leakyRelu, "keeps", { negative_slope: as("negativeSlope"), alpha: as("negativeSlope") }),
  PReLU: rule(nn.prelu, "moves", { shared_axes: (value) => ({ give: { sharedAxes: value } }), ...unsaid("alpha") }),
  ELU: rule(nn.elu, "moves", { alpha: as("alpha") }),
  Softmax: rule(nn.softmax, "mixes", { axis: axes("axis") }),

  LSTM: rule(
    nn.lstm,
    "heeds",
    { ...gated, unit_forget_bias: (value, _era) => ({ give: { unitForgetBias: value } }) },
    { call: "recurrent" },
  ),
  GRU: rule(nn.gru, "heeds", { ...gated, reset_after: as("resetAfter") }, { call: "recurrent" }),
  SimpleRNN: rule(nn.simpleRNN, "heeds", recurrent, { call: "recurrent" }),

  Attention: rule(
    nn.attention,
    "moves",
    {
      ...attention,
      use_scale: as("useScale"),
      score_mode: only("use AdditiveAttention, which is the same with a weight for each feature", "dot"),
    },
    { call: "attention" },
  ),
  AdditiveAttention: rule(
    nn.additiveAttention,
    "moves",
    { ...attention, use_scale: as("useScale"), score_mode: ignored },
    { call: "attention" },
  ),
  MultiHeadAttention: rule(
    nn.multiHeadAttention,
    "moves",
    {
      ...{ num_heads: as("numHeads"), key_dim: as("keyDim"), value_dim: as("valueDim"), output_shape: single("outputDim"), ...heads },
      attention_axes: only("attend over axis 1", [1], 1),
      sliding_window: only("use a causal mask"),
    },
    { call: "multiHead" },
  ),
  GroupedQueryAttention: rule(
    nn.groupQueryAttention,
    "moves",
    {
      ...{ head_dim: as("headDim"), num_query_heads: as("numQueryHeads"), num_key_value_heads: as("numKeyValueHeads"), ...heads },
      sliding_window: only("use a causal mask"),
    },
    { call: "multiHead" },
  ),

  Conv1D: rule(nn.conv1D, "stops", { ...convolution, filters: as("filters"), groups: as("groups"), ...weightRules("kernel") }),
  DepthwiseConv1D: rule(nn.depthwiseConv1D, "stops", {
    ...convolution,
    depth_multiplier: as("depthMultiplier"),
    ...weightRules("depthwise"),
    ...unsaid("kernel"),
  }),
  SeparableConv1D: rule(nn.separableConv1D, "stops", {
    ...{ ...convolution, filters: as("filters"), depth_multiplier: as("depthMultiplier"), groups: only("use Conv1D", 1) },
    ...{ ...weightRules("depthwise", "pointwise"), ...unsaid("kernel") },
  }),
  Conv1DTranspose: rule(nn.conv1DTranspose, "stops", {
    ...{ ...convolution, filters: as("filters"), ...weightRules("kernel"), groups: only("use Conv1DTranspose without groups", 1) },
    output_padding: only('use padding="same" or "valid"'),
  }),
  MaxPooling1D: rule(nn.maxPooling1D, "stops", pooling),
  AveragePooling1D: rule(nn.averagePooling1D, "stops", pooling),
  GlobalMaxPooling1D: rule(nn.globalMaxPooling1D, "stops", globalPooling),
  GlobalAveragePooling1D: rule(nn.globalAveragePooling1D, "heeds", globalPooling),

  BatchNormalization: rule(
    nn.batchNormalization,
    "moves",
    {
      ...{
        ...scaled,
        axis: ignored,
        momentum: as("momentum"),
        ...unsaid("moving_mean", "moving_variance"),
        renorm_clipping: ignored,
        renorm_momentum: ignored,
      },
      ...{
        synchronized: ignored,
        renorm: only("train it without renorm", false),
        fused: ignored,
        virtual_batch_size: only("train it without virtual batches"),
      },
    },
    { lastAxis: true },
  ),
  LayerNormalization: rule(nn.layerNormalization, "keeps", {
    ...scaled,
    axis: axes("axis"),
    rms_scaling: only("use keras.layers.RMSNormalization", false),
  }),
  RMSNormalization: rule(nn.rmsNormalization, "stops", { axis: ignored, epsilon: as("epsilon"), ...unsaid("scale") }, { lastAxis: true }),
  GroupNormalization: rule(nn.groupNormalization, "moves", { ...scaled, axis: ignored, groups: as("groups") }, { lastAxis: true }),
  UnitNormalization: rule(nn.unitNormalization, "keeps", { axis: axes("axis") }),
  Normalization: rule(
    nn.normalization,
    "keeps",
    {
      axis: (value) =>
        isList(value) && value.length > 1 ? { refuse: `is ${shown(value)}`, fix: "normalise over the last axis" } : { give: {} },
      ...{ mean: constants("mean"), variance: constants("variance"), invert: as("invert") },
    },
    { lastAxis: true },
  ),
  Rescaling: rule(nn.rescaling, "keeps", { scale: constants("scale"), offset: constants("offset") }),

  Dropout: rule(nn.dropout, "keeps", dropped),
  SpatialDropout1D: rule(nn.spatialDropout1D, "keeps", dropped),
  GaussianNoise: rule(nn.gaussianNoise, "keeps", { stddev: as("stddev"), ...seedRule }),
  GaussianDropout: rule(nn.gaussianDropout, "keeps", dropped),
  AlphaDropout: rule(nn.alphaDropout, "keeps", dropped),
  ActivityRegularization: rule(nn.activityRegularization, "keeps", { l1: as("l1"), l2: as("l2"), activity_regularizer: ignored }),

  Reshape: rule(nn.reshape, "stops", { target_shape: as("targetShape") }),
  Flatten: rule(nn.flatten, "stops", { data_format: lastFirst }),
  Permute: rule(nn.permute, "stops", { dims: as("dims") }),
  RepeatVector: rule(nn.repeatVector, "stops", { n: as("n") }),
  ZeroPadding1D: rule(nn.zeroPadding1D, "stops", { padding: as("padding"), data_format: lastFirst }),
  Cropping1D: rule(nn.cropping1D, "stops", { cropping: as("cropping") }),
  UpSampling1D: rule(nn.upSampling1D, "stops", { size: single("size") }),

  Add: list(nn.add, "keeps"),
  Subtract: list(nn.subtract, "keeps"),
  Multiply: list(nn.multiply, "moves"),
  Average: list(nn.average, "keeps"),
  Maximum: list(nn.maximum, "keeps"),
  Minimum: list(nn.minimum, "keeps"),
  Concatenate: list(nn.concatenate, "keeps", { axis: axes("axis") }),
  Dot: list(nn.dot, "stops", { axes: as("axes"), normalize: as("normalize") }),
};

/** A cell of Keras's RNN is that layer. */
export const cells: Readonly<Record<string, string>> = { LSTMCell: "LSTM", GRUCell: "GRU", SimpleRNNCell: "SimpleRNN" };

/** What there is not here, and what does instead. */
export const instead: Readonly<Record<string, string>> = {
  StackedRNNCells: "put the recurrent layers after each other",
  Lambda: "write a layer of your own and name it: { layers: { Lambda: (config) => layer } }",
  ConvLSTM1D: "use Conv1D in front of an LSTM",
  TextVectorization: "make indices of the text before it comes to the model",
  StringLookup: "make indices of the text before it comes to the model",
  Discretization: "make indices of the numbers before they come to the model",
  CategoryEncoding: "encode the data before they come to the model",
};

/** Functions of tensors that a model of Keras may hold, as x + y: of two tensors a layer each. */
export const operations: Readonly<Record<string, string>> = {
  Add: "Add",
  Subtract: "Subtract",
  Multiply: "Multiply",
  Maximum: "Maximum",
  Minimum: "Minimum",
};

/** Makers check what they are given. */
export function made(make: LayerMaker, ...given: readonly unknown[]): AnyLayer {
  return (make as unknown as (...given: readonly unknown[]) => AnyLayer)(...given); // of whatever they check
}

/** Of a layer with these options: along the steps a normalisation mixes them. */
export function maskRuleOf({ masks }: Pick<LayerRule, "masks">, config: object): MaskRule {
  const { axis = -1 } = config as { readonly axis?: unknown }; // of the layers that have one
  return masks === "keeps" && axis !== -1 ? "mixes" : masks;
}
