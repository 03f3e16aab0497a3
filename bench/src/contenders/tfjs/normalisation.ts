// Batch normalisation in training and softmax cross-entropy, with their gradients.
import type { BatchNormalization, CrossEntropy, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { repeated, tensor, type TensorFlow, type TfTensor } from "./api.ts";
import { gradients } from "./attention.ts";

export async function batchNormalizationGradient(tf: TensorFlow, given: BatchNormalization & Targeted): Promise<Work> {
  return gradients(tf, [given.x, given.gamma, given.beta], given.target, (x: TfTensor, gamma: TfTensor, beta: TfTensor) => {
    const { mean, variance } = tf.moments(x, 0);
    return x.sub(mean).mul(variance.add(given.epsilon).rsqrt()).mul(gamma).add(beta);
  });
}

export async function crossEntropyGradient(tf: TensorFlow, { logits, labels }: CrossEntropy): Promise<Work> {
  const [on, classes] = [tensor(tf, logits), tensor(tf, labels)];
  const [, count = 0] = logits.shape;
  const slopes = tf.grads((y: TfTensor) => tf.losses.softmaxCrossEntropy(tf.oneHot(classes, count), y));
  return repeated(tf, () => tf.tidy(() => slopes([on])));
}
