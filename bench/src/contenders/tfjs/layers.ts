// Training models of its layers, as its guide shows it.
import type { HostArray, TypedArray } from "@sluice/core";
import type { CharModel, DenseWeights, GruWeights, LstmWeights, Training } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { tensor, type TensorFlow, type TfBackend, type TfModel, type TfTensor } from "./api.ts";

/** Makes a layer of the weights given; the first of a model says what it reads. */
type MakeLayer<W> = (
  tf: TensorFlow,
  weights: W,
  config: { readonly returnSequences: boolean; readonly batchInputShape?: readonly number[] },
) => unknown;

/** Its gates stand in our order; its recurrent activation is a hard sigmoid unless told otherwise. */
export const lstmLayer: MakeLayer<LstmWeights> = (tf, { wx, wh, b }, config) =>
  tf.layers.lstm({ ...config, units: wh.shape[0]!, recurrentActivation: "sigmoid", weights: [wx, wh, b].map((w) => tensor(tf, w)) });

/** Reset before the product: it has no other. */
export const gruLayer: MakeLayer<GruWeights> = (tf, { wx, wh, b }, config) =>
  tf.layers.gru({ ...config, units: wh.shape[0]!, recurrentActivation: "sigmoid", weights: [wx, wh, b].map((w) => tensor(tf, w)) });

export async function cellTraining<W>(tf: TensorFlow, layer: MakeLayer<W>, given: Training<W>): Promise<Work> {
  const cell = layer(tf, given.weights, { returnSequences: false, batchInputShape: given.x.shape });
  const model = tf.sequential({ layers: [cell, denseLayer(tf, given.dense)] });
  model.compile({ optimizer: adam(tf, given), loss: "meanSquaredError" });
  return trained(model, tensor(tf, given.x), tensor(tf, given.y));
}

/** The wasm backend has no gradient of an embedding: there it is a product with one-hot characters. */
export async function charModelTraining(tf: TensorFlow, backend: TfBackend, given: CharModel): Promise<Work> {
  const { embedding, lstm, dense, characters, next } = given;
  const [vocabulary, width] = embedding.shape as [number, number];
  const oneHot = (index: HostArray): TfTensor => tf.tidy(() => tf.oneHot(tensor(tf, index), vocabulary));
  const weights = [tensor(tf, embedding)];
  const first =
    backend === "wasm"
      ? tf.layers.dense({ units: width, useBias: false, weights, batchInputShape: [...characters.shape, vocabulary] })
      : tf.layers.embedding({ inputDim: vocabulary, outputDim: width, weights, batchInputShape: characters.shape });
  const model = tf.sequential({ layers: [first, lstmLayer(tf, lstm, { returnSequences: true }), denseLayer(tf, dense)] });
  model.compile({ optimizer: adam(tf, given), loss: tf.losses.softmaxCrossEntropy });
  return trained(model, backend === "wasm" ? oneHot(characters) : tensor(tf, characters), oneHot(next));
}

function denseLayer(tf: TensorFlow, { w, b }: DenseWeights): unknown {
  return tf.layers.dense({ units: b.shape[0]!, weights: [tensor(tf, w), tensor(tf, b)] });
}

function adam(tf: TensorFlow, { learningRate, epsilon }: { readonly learningRate: number; readonly epsilon: number }): unknown {
  return tf.train.adam(learningRate, 0.9, 0.999, epsilon);
}

/** It reads the loss at every step. */
function trained(model: TfModel, xs: TfTensor, ys: TfTensor): Work {
  let loss = NaN;
  return {
    async run() {
      loss = await model.trainOnBatch(xs, ys);
    },
    sync: async () => loss,
    result: async (): Promise<TypedArray> => Float32Array.of(loss),
  };
}
