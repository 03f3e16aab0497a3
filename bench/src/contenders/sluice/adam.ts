// One training step as one Program: forward, backward, Adam (Kingma & Ba 2015, algorithm 1), the new weights in place of the old.
import { assign, type Backend, compile, gradient, sqrt, square, type Tensor, zeros } from "@sluice/core";
import type { Updated } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { type Arrays, bound, type Tensors, type Traced, uploaded } from "./bound.ts";

const beta1 = 0.9;
const beta2 = 0.999;

/** Arrays by name: weights change, data does not. */
interface Given<W, D> extends Updated {
  readonly weights: W;
  readonly data: D;
}

/** The result is the loss before the update. Bias corrections are computed on the host. */
export function training<W extends Arrays, D extends Arrays>(
  backend: Backend,
  { weights, data, ...rates }: Given<W, D>,
  lossOf: (weights: Traced<W>, data: Traced<D>) => Tensor,
): Promise<Work> {
  const trainingStep = (weights: Tensors, moments: Moments, corrections: Tensor, data: Tensors): Tensor => {
    const loss = lossOf(weights as Traced<W>, data as Traced<D>); // by the names that were given
    const gradients = gradient(loss, weights);
    for (const name of Object.keys(weights)) update(name, { weights, gradients, moments, corrections, rates });
    return loss;
  };
  const moments = { m: zerosLike(backend, weights), v: zerosLike(backend, weights) };
  const on = uploaded(backend, { weights: weights as Arrays, data: data as Arrays });
  const corrections = zeros(backend, [2], { name: "corrections" });
  const host = new Float32Array(2);
  let step = 0;
  const correct = (): void => {
    step++;
    host[0] = 1 / (1 - beta1 ** step);
    host[1] = 1 / (1 - beta2 ** step);
    corrections.write(host);
  };
  return bound(() => compile(backend, trainingStep).bind(on.weights, moments, corrections, on.data), { before: correct });
}

interface Moments {
  readonly m: Tensors;
  readonly v: Tensors;
}
interface Update {
  readonly weights: Tensors;
  readonly gradients: Tensors;
  readonly moments: Moments;
  /** 1 / (1 − β₁ᵗ) and 1 / (1 − β₂ᵗ) */
  readonly corrections: Tensor;
  readonly rates: Updated;
}

function update(name: string, { weights, gradients, moments, corrections, rates }: Update): void {
  const [θ, g, m, v] = [weights, gradients, moments.m, moments.v].map((record) => record[name]!) as [Tensor, Tensor, Tensor, Tensor];
  const mean = m.mul(beta1).add(g.mul(1 - beta1)); // m ← β₁m + (1 − β₁)g
  const variance = v.mul(beta2).add(square(g).mul(1 - beta2)); // v ← β₂v + (1 − β₂)g²
  const [m̂, v̂] = [mean.mul(corrections.at(0, 0)), variance.mul(corrections.at(0, 1))];
  assign(m, mean);
  assign(v, variance);
  assign(θ, θ.sub(m̂.mul(rates.learningRate).div(sqrt(v̂).add(rates.epsilon)))); // θ ← θ − α m̂ / (√v̂ + ε)
}

function zerosLike(backend: Backend, weights: Arrays) {
  return Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, zeros(backend, shape, { name })]));
}
