// jax-js on its WebAssembly device, everything under `jit`. It has no threads in Node.
import type { Contender, Opened } from "../contender.ts";
import { versionOf } from "../installed.ts";
import { type Jax, load } from "./api.ts";
import * as attention from "./attention.ts";
import { gru, lem, lstm } from "./cells.ts";
import { convolution, convolutionGradient } from "./convolution.ts";
import { batchNormalizationGradient, crossEntropyGradient } from "./normalisation.ts";
import { bidirectionalInference, inference, stream } from "./sequences.ts";
import { cellTraining, charModelTraining } from "./training.ts";

export const jax: Contender = {
  name: "jax-js",
  kind: "peer",
  usual: true,
  async open() {
    const tasks = tasksOf(await load());
    return { version: versionOf("@jax-js/jax"), threads: 1, tasks };
  },
};

function tasksOf(jax: Jax): Opened["tasks"] {
  return {
    lstmInference: (given) => inference(jax, lstm(jax, given.weights), given),
    gruInference: (given) => inference(jax, gru(jax, given.weights), given),
    ownInference: (given) => inference(jax, lem(jax, given.weights), given),
    bidirectionalInference: (given) => bidirectionalInference(jax, given),
    lstmStreaming: (given) => stream(jax, lstm(jax, given.weights), given),
    gruStreaming: (given) => stream(jax, gru(jax, given.weights), given),
    lstmTraining: (given) => cellTraining(jax, lstm(jax, given.weights), given),
    gruTraining: (given) => cellTraining(jax, gru(jax, given.weights), given),
    charModelTraining: (given) => charModelTraining(jax, given),
    attention: (given) => attention.attention(jax, given),
    attentionGradient: (given) => attention.attentionGradient(jax, given),
    multiHead: (given) => attention.multiHead(jax, given),
    multiHeadGradient: (given) => attention.multiHeadGradient(jax, given),
    convolution: (given) => convolution(jax, given),
    convolutionGradient: (given) => convolutionGradient(jax, given),
    batchNormalizationGradient: (given) => batchNormalizationGradient(jax, given),
    crossEntropyGradient: (given) => crossEntropyGradient(jax, given),
    matmul: (given) => attention.product(jax, given),
  };
}
