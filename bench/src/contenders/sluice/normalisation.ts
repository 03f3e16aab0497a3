// Batch normalisation in training and softmax cross-entropy, with their gradients.
import { type Backend, compile, gradient, logSoftmax, normalize, oneHot, sum, type Tensor, where } from "@sluice/core";
import type { BatchNormalization, CrossEntropy, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { withGradient } from "./attention.ts";
import { bound, uploaded } from "./bound.ts";

export function batchNormalizationGradient(backend: Backend, given: BatchNormalization & Targeted): Promise<Work> {
  const { x, gamma, beta, target, epsilon } = given;
  return withGradient(
    backend,
    { x, gamma, beta },
    target,
    ({ x, gamma, beta }) => normalize(x, { axes: 0, gain: gamma, shift: beta, epsilon }),
    "batch normalisation",
  );
}

export function crossEntropyGradient(backend: Backend, given: CrossEntropy): Promise<Work> {
  const { logits, labels } = uploaded(backend, { logits: given.logits, labels: given.labels });
  const [, count = 0] = given.logits.shape;
  const step = (logits: Tensor, labels: Tensor): Tensor => {
    const likelihood = where(oneHot(labels, count), logSoftmax(logits), 0);
    return gradient(sum(likelihood).div(-labels.size), logits);
  };
  return bound(() => compile(backend, step, { name: "cross-entropy with gradient" }).bind(logits, labels));
}
