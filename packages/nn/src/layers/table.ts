// The layers that a saved model may name.
import { activation } from "./activation.ts";
import { activityRegularization } from "./activityRegularization.ts";
import { add } from "./add.ts";
import { additiveAttention } from "./additiveAttention.ts";
import { alphaDropout } from "./alphaDropout.ts";
import { attention } from "./attention.ts";
import { average } from "./average.ts";
import { averagePooling1D } from "./averagePooling1D.ts";
import { batchNormalization } from "./batchNormalization.ts";
import { concatenate } from "./concatenate.ts";
import { conv1D } from "./conv1D.ts";
import { conv1DTranspose } from "./conv1DTranspose.ts";
import { cropping1D } from "./cropping1D.ts";
import { dense } from "./dense.ts";
import { depthwiseConv1D } from "./depthwiseConv1D.ts";
import { dot } from "./dot.ts";
import { dropout } from "./dropout.ts";
import { elu } from "./elu.ts";
import { embedding } from "./embedding.ts";
import { flatten } from "./flatten.ts";
import { gaussianDropout } from "./gaussianDropout.ts";
import { gaussianNoise } from "./gaussianNoise.ts";
import { globalAveragePooling1D } from "./globalAveragePooling1D.ts";
import { globalMaxPooling1D } from "./globalMaxPooling1D.ts";
import { groupQueryAttention } from "./groupQueryAttention.ts";
import { groupNormalization } from "./groupNormalization.ts";
import { gru } from "./gru.ts";
import { input } from "./input.ts";
import type { AnyLayer } from "./layer.ts";
import { layerNormalization } from "./layerNormalization.ts";
import { leakyRelu } from "./leakyRelu.ts";
import { lstm } from "./lstm.ts";
import { masking } from "./masking.ts";
import { maximum } from "./maximum.ts";
import { maxPooling1D } from "./maxPooling1D.ts";
import { mgu } from "./mgu.ts";
import { minimum } from "./minimum.ts";
import { multiHeadAttention } from "./multiHeadAttention.ts";
import { multiply } from "./multiply.ts";
import { positionEmbedding } from "./positionEmbedding.ts";
import { normalization } from "./normalization.ts";
import { permute } from "./permute.ts";
import { positionalEncoding } from "./positionalEncoding.ts";
import { prelu } from "./prelu.ts";
import { relu } from "./relu.ts";
import { repeatVector } from "./repeatVector.ts";
import { rescaling } from "./rescaling.ts";
import { reshape } from "./reshape.ts";
import { reversibleEmbedding } from "./reversibleEmbedding.ts";
import { rmsNormalization } from "./rmsNormalization.ts";
import { separableConv1D } from "./separableConv1D.ts";
import { simpleRNN } from "./simpleRNN.ts";
import { softmax } from "./softmax.ts";
import { spatialDropout1D } from "./spatialDropout1D.ts";
import { subtract } from "./subtract.ts";
import { unitNormalization } from "./unitNormalization.ts";
import { upSampling1D } from "./upSampling1D.ts";
import { zeroPadding1D } from "./zeroPadding1D.ts";

/** Makes a layer of its `config`, or of another layer and its `config`; each checks what it is given. */
export type LayerMaker = (...given: never[]) => AnyLayer;

/** Makers by `kind`. */
export type LayerTable = Readonly<Record<string, LayerMaker>>;

/** Makers of the layers that come along, but for those that are made of another layer. */
export const builtIn: LayerTable = {
  activation,
  activityRegularization,
  add,
  additiveAttention,
  alphaDropout,
  attention,
  average,
  averagePooling1D,
  batchNormalization,
  concatenate,
  conv1D,
  conv1DTranspose,
  cropping1D,
  dense,
  depthwiseConv1D,
  dot,
  dropout,
  elu,
  embedding,
  flatten,
  gaussianDropout,
  gaussianNoise,
  globalAveragePooling1D,
  globalMaxPooling1D,
  groupQueryAttention,
  groupNormalization,
  gru,
  input,
  layerNormalization,
  leakyRelu,
  lstm,
  masking,
  maximum,
  maxPooling1D,
  mgu,
  minimum,
  multiHeadAttention,
  multiply,
  normalization,
  positionEmbedding,
  permute,
  positionalEncoding,
  prelu,
  relu,
  repeatVector,
  rescaling,
  reshape,
  reversibleEmbedding,
  rmsNormalization,
  separableConv1D,
  simpleRNN,
  softmax,
  spatialDropout1D,
  subtract,
  unitNormalization,
  upSampling1D,
  zeroPadding1D,
};
