// The page that holds what there is against Keras 3: its names are there, and none of Keras's is left out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { initialise, type Init } from "@sluice/core";
import * as core from "@sluice/core";
import * as nn from "../packages/nn/src/index.ts";
import { expect, test } from "vitest";
import { root } from "../scripts/packages.mjs";

const page = readFileSync(join(root, "docs/keras.md"), "utf8");
const rows = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \|.*$/gm)].map(([, keras = "", here = ""]) => ({ keras, here }));
const said = rows.map(({ here }) => /^`([^`]+)`$/.exec(here)?.[1]).filter((name) => name !== undefined);

/** What `keras.layers` and its siblings list in 3.15.1, without other spellings, what only serves Keras itself, and images. */
const listed: Readonly<Record<string, string>> = {
  layers:
    "Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveMaxPooling1D Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D BatchNormalization Bidirectional CategoryEncoding Concatenate Conv1D Conv1DTranspose ConvLSTM1D Cropping1D Dense DepthwiseConv1D Discretization Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalMaxPooling1D GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity Input IntegerLookup LSTM LSTMCell Lambda LayerNormalization LeakyReLU Masking MaxPooling1D Maximum MelSpectrogram Minimum MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization RNN ReLU RepeatVector Rescaling Reshape ReversibleEmbedding STFTSpectrogram SeparableConv1D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpectralNormalization StackedRNNCells StringLookup Subtract TextVectorization TimeDistributed UnitNormalization UpSampling1D ZeroPadding1D",
  losses:
    "BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky",
  metrics:
    "AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanSquaredError MeanSquaredLogarithmicError Metric OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives",
  optimizers:
    "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer MultiOptimizer Muon Nadam RMSprop SGD ScheduleFreeAdamW",
  schedules: "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay",
  initializers:
    "Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal RandomNormal RandomUniform STFT TruncatedNormal VarianceScaling Zeros",
  regularizers: "L1 L1L2 L2 OrthogonalRegularizer MaxNorm MinMaxNorm NonNeg UnitNorm",
  activations:
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold",
};

test.each(Object.entries(listed))("no name of Keras's %s is left out", (_, names) => {
  const there = rows.flatMap(({ keras }) => keras.split(/[ ,]+/));
  const prose = page.split("\n").filter((line) => !line.startsWith("|"));
  expect(names.split(" ").filter((name) => !there.includes(name) && !prose.some((line) => new RegExp(`\\b${name}\\b`).test(line)))).toEqual(
    [],
  );
});

test("each name that the page gives is exported, or taken by name", () => {
  const { dense } = nn;
  const taken = (name: string): boolean =>
    [{ activation: name }, { kernelRegularizer: name }, { kernelConstraint: name }, { kernelInitializer: name }].some((config) => {
      try {
        dense({ units: 1, ...config } as never);
        return true;
      } catch {
        return false;
      }
    });
  const records: readonly string[] = ["constant", "varianceScaling"];
  const wrong = said.filter((name) => {
    if (!name.startsWith('"')) return !(name in nn) && !(name in core);
    return !taken(name.slice(1, -1)) && !records.includes(name.slice(1, -1));
  });
  expect(said.length).toBeGreaterThan(150);
  expect(wrong).toEqual([]);
});

test("what is said of the initializers that are records holds", () => {
  const ways: readonly Init[] = [{ constant: 2 }, { varianceScaling: {} }, { orthogonal: 0.5 }, { uniform: [0, 1] }, { normal: 0.1 }];
  for (const init of ways) expect(initialise({ axes: { rows: 2, columns: 2 }, init }, { seed: 1 })).toBeDefined();
});
