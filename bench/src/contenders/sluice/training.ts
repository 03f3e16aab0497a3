// One training step as one Program: forward, backward, Adam, the new weights in place of the old.
import {
  add,
  assign,
  type Backend,
  compile,
  dot,
  gradient,
  lstm,
  mean,
  type NDArray,
  recurrence,
  sqrt,
  square,
  type Tensor,
  zeros,
} from "@sluice/core";
import type { LstmTraining } from "../../workloads/workload.ts";
import type { Work } from "../contender.ts";
import { bound, uploaded } from "./bound.ts";

const beta1 = 0.9;
const beta2 = 0.999;

type Weight = "wx" | "wh" | "b" | "denseW" | "denseB";
type Parameters<T> = { readonly [_ in Weight]: T };

export function training(backend: Backend, { lstm: { wx, wh, b }, dense, x, y, learningRate, epsilon }: LstmTraining): Promise<Work> {
  const weights = uploaded(backend, { wx, wh, b, denseW: dense.w, denseB: dense.b });
  const [m, v] = [zerosLike(weights), zerosLike(weights)];
  const data = uploaded(backend, { x, y });
  const corrections = zeros(backend, [2], { name: "corrections" });
  const host = new Float32Array(2);
  let step = 0;
  return bound(
    () => compile(backend, trainingStep(learningRate, epsilon)).bind(weights, m, v, corrections, data.x, data.y),
    () => {
      step++;
      host[0] = 1 / (1 - beta1 ** step);
      host[1] = 1 / (1 - beta2 ** step);
      corrections.write(host);
    },
  );
}

/** Traced to a step that returns the loss before the update. */
function trainingStep(learningRate: number, epsilon: number) {
  const layer = recurrence(lstm());
  return function trainingStep(
    weights: Parameters<Tensor>,
    m: Parameters<Tensor>,
    v: Parameters<Tensor>,
    corrections: Tensor,
    x: Tensor,
    y: Tensor,
  ): Tensor {
    const { denseW, denseB, ...cell } = weights;
    const loss = mean(square(add(dot(layer.run(cell, x).last, denseW), denseB).sub(y)));
    const gradients = gradient(loss, weights);
    for (const name of Object.keys(weights) as Weight[]) {
      const g = gradients[name];
      const mean = m[name].mul(beta1).add(g.mul(1 - beta1)); // m ← β₁m + (1 − β₁)g
      const variance = v[name].mul(beta2).add(square(g).mul(1 - beta2)); // v ← β₂v + (1 − β₂)g²
      const [m̂, v̂] = [mean.mul(corrections.at(0, 0)), variance.mul(corrections.at(0, 1))];
      assign(m[name], mean);
      assign(v[name], variance);
      assign(weights[name], weights[name].sub(m̂.mul(learningRate).div(sqrt(v̂).add(epsilon)))); // θ ← θ − α m̂ / (√v̂ + ε)
    }
    return loss;
  };
}

function zerosLike(weights: Parameters<NDArray>): Parameters<NDArray> {
  const entries = Object.entries(weights).map(([name, { backend, shape }]) => [name, zeros(backend, shape, { name })]);
  return Object.fromEntries(entries) as Parameters<NDArray>; // by the names of `weights`
}
