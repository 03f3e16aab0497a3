// Attention, forward alone and with its gradients.
import {
  type Backend,
  compile,
  gradient,
  type HostArray,
  mean,
  multiHeadAttention,
  reshape,
  scaledDotAttention,
  square,
  type Tensor,
  transpose,
} from "@sluice/core";
import type { Attention, MultiHead, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { type Arrays, bound, type Tensors, type Traced, uploaded } from "./bound.ts";

export function attention(backend: Backend, { heads, q, k, v }: Attention): Promise<Work> {
  return forward(backend, { q, k, v }, (on) => attended(on, heads));
}

export function attentionGradient(backend: Backend, { heads, q, k, v, target }: Attention & Targeted): Promise<Work> {
  return withGradient(backend, { q, k, v }, target, (on) => attended(on, heads));
}

export function multiHead(backend: Backend, { heads, weights, x }: MultiHead): Promise<Work> {
  return forward(backend, { ...weights, x }, (on) => projected(on, heads));
}

export function multiHeadGradient(backend: Backend, { heads, weights, x, target }: MultiHead & Targeted): Promise<Work> {
  return withGradient(backend, { ...weights, x }, target, (on) => projected(on, heads));
}

export function forward<A extends Arrays>(backend: Backend, arrays: A, run: (on: Traced<A>) => Tensor, name = "attention"): Promise<Work> {
  return bound(() => compile(backend, run as (on: Tensors) => Tensor, { name }).bind(uploaded(backend, arrays as Arrays)));
}

/** The gradients of the mean squared distance from `target`: for each of `arrays`, in their order. */
export function withGradient<A extends Arrays>(
  backend: Backend,
  arrays: A,
  target: HostArray,
  run: (on: Traced<A>) => Tensor,
  name = "attention",
): Promise<Work> {
  const step = (on: Tensors, target: Tensor): readonly Tensor[] => {
    const loss = mean(square(run(on as Traced<A>).sub(target)));
    return Object.values(gradient(loss, on));
  };
  const on = uploaded(backend, { arrays: arrays as Arrays, target });
  return bound(() => compile(backend, step, { name: `${name} with gradient` }).bind(on.arrays, on.target));
}

/** Each head on its own columns. */
function attended({ q, k, v }: Readonly<Record<"q" | "k" | "v", Tensor>>, heads: number): Tensor {
  const { output } = scaledDotAttention(split(q, heads), split(k, heads), split(v, heads));
  return reshape(transpose(output, [0, 2, 1, 3]), q.shape);
}

function projected({ x, ...weights }: Readonly<Record<"wq" | "wk" | "wv" | "wo" | "x", Tensor>>, heads: number): Tensor {
  return multiHeadAttention({ heads, useBias: false }).run(weights, { query: x }).output;
}

/** [batch, steps, features] → [batch, heads, steps, size] */
function split(x: Tensor, heads: number): Tensor {
  const [batch, steps, features] = x.shape as [number, number, number];
  return transpose(reshape(x, [batch, steps, heads, features / heads]), [0, 2, 1, 3]);
}
