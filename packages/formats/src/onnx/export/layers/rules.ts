// Rules by kind of layer. Those that are not here, and those that a rule does not take, are written as they were traced: recurrences as Scan.
import { multiHeadAttention } from "./attention.ts";
import { activation, dense, elu, embedding, leakyRelu, relu, softmax } from "./dense.ts";
import { batchNormalization, layerNormalization } from "./normalisations.ts";
import { positionalEncoding } from "./positions.ts";
import { bidirectional, recurrent } from "./recurrent.ts";
import type { Rule } from "./rule.ts";
import {
  averagePooling1D,
  conv1D,
  conv1DTranspose,
  depthwiseConv1D,
  globalAveragePooling1D,
  globalMaxPooling1D,
  maxPooling1D,
} from "./windows.ts";

export const rules: Readonly<Record<string, Rule>> = {
  activation,
  averagePooling1D,
  batchNormalization,
  bidirectional,
  conv1D,
  conv1DTranspose,
  dense,
  depthwiseConv1D,
  elu,
  embedding,
  globalAveragePooling1D,
  globalMaxPooling1D,
  groupQueryAttention: multiHeadAttention,
  gru: recurrent,
  layerNormalization,
  leakyRelu,
  lstm: recurrent,
  maxPooling1D,
  multiHeadAttention,
  positionalEncoding,
  relu,
  separableConv1D: depthwiseConv1D,
  simpleRNN: recurrent,
  softmax,
};
