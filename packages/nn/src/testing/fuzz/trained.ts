// A trainer and a learner that work, for the verbs of both and for what is saved of them.
import * as core from "@sluice/core";
import * as nn from "@sluice/nn";
import { backend, model } from "./running.ts";

export const trainer = await model.compile({ backend, optimizer: nn.sgd(), loss: "mse" });

export const learnable = { kernel: { axes: { features: 2, out: 1 }, init: "zeros" } } as const;
export const learnt = (weights: { readonly kernel: core.Tensor }, { x }: { readonly x: core.Tensor }) =>
  core.square(x.dot(weights.kernel)).mean();
export const learner = await nn.learn(backend, { weights: learnable, inputs: { x: "float" }, loss: learnt, optimizer: nn.adam() });
await learner.step({ x: [[1, 2]] });
