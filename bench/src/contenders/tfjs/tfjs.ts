// TensorFlow.js on one of its backends in Node. Neither has threads there.
import type { Contender, Opened } from "../contender.ts";
import { load, type TensorFlow, type TfBackend } from "./api.ts";
import * as attention from "./attention.ts";
import * as cells from "./cells.ts";
import { convolution, convolutionGradient } from "./convolution.ts";
import { batchNormalizationGradient, crossEntropyGradient } from "./normalisation.ts";
import { cellTraining, charModelTraining, gruLayer, lstmLayer } from "./layers.ts";

export function tfjs(backend: TfBackend): Contender {
  return {
    name: `tfjs-${backend}`,
    kind: "peer",
    usual: true,
    async open() {
      const tf = await load(backend);
      return { version: `@tensorflow/tfjs ${tf.version["tfjs"]}`, threads: 1, tasks: tasks(tf, backend) };
    },
  };
}

function tasks(tf: TensorFlow, backend: TfBackend): Opened["tasks"] {
  return {
    lstmInference: (given) => cells.inference(tf, cells.lstm(tf, given.weights), given),
    gruInference: (given) => cells.inference(tf, cells.gru(tf, given.weights), given),
    ownInference: (given) => cells.inference(tf, cells.lem(tf, given.weights), given),
    bidirectionalInference: (given) => cells.bidirectionalInference(tf, given),
    lstmStreaming: (given) => cells.stream(tf, cells.lstm(tf, given.weights), given),
    gruStreaming: (given) => cells.stream(tf, cells.gru(tf, given.weights), given),
    lstmTraining: (given) => cellTraining(tf, lstmLayer, given),
    gruTraining: (given) => cellTraining(tf, gruLayer, given),
    charModelTraining: (given) => charModelTraining(tf, backend, given),
    attention: (given) => attention.attention(tf, given),
    attentionGradient: (given) => attention.attentionGradient(tf, given),
    multiHead: (given) => attention.multiHead(tf, given),
    multiHeadGradient: (given) => attention.multiHeadGradient(tf, given),
    convolution: (given) => convolution(tf, given),
    convolutionGradient: (given) => convolutionGradient(tf, given),
    batchNormalizationGradient: (given) => batchNormalizationGradient(tf, given),
    crossEntropyGradient: (given) => crossEntropyGradient(tf, given),
    matmul: (given) => attention.product(tf, given),
  };
}
