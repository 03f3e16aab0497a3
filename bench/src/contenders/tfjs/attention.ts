// Attention and products, in its operations.
import type { HostArray } from "@sluice/core";
import type { Attention, Matmul, MultiHead, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { repeated, tensor, type TensorFlow, type TfTensor } from "./api.ts";

export async function attention(tf: TensorFlow, { heads, q, k, v }: Attention): Promise<Work> {
  const on = [q, k, v].map((one) => tensor(tf, one));
  return repeated(tf, () => [tf.tidy(() => attended(tf, heads)(...on))]);
}

export async function attentionGradient(tf: TensorFlow, { heads, q, k, v, target }: Attention & Targeted): Promise<Work> {
  return gradients(tf, [q, k, v], target, attended(tf, heads));
}

export async function multiHead(tf: TensorFlow, { heads, weights: { wq, wk, wv, wo }, x }: MultiHead): Promise<Work> {
  const on = [wq, wk, wv, wo, x].map((one) => tensor(tf, one));
  return repeated(tf, () => [tf.tidy(() => projected(tf, heads)(...on))]);
}

export async function multiHeadGradient(tf: TensorFlow, given: MultiHead & Targeted): Promise<Work> {
  const { wq, wk, wv, wo } = given.weights;
  return gradients(tf, [wq, wk, wv, wo, given.x], given.target, projected(tf, given.heads));
}

export async function product(tf: TensorFlow, { a, b }: Matmul): Promise<Work> {
  const [x, y] = [tensor(tf, a), tensor(tf, b)];
  return repeated(tf, () => [tf.matMul(x, y)]);
}

export function gradients(tf: TensorFlow, arrays: readonly HostArray[], target: HostArray, run: (...on: TfTensor[]) => TfTensor): Work {
  const [on, wanted] = [arrays.map((one) => tensor(tf, one)), tensor(tf, target)];
  const slopes = tf.grads((...args) => tf.losses.meanSquaredError(wanted, run(...args)));
  return repeated(tf, () => tf.tidy(() => slopes(on)));
}

/** softmax(q·kᵀ / √size)·v for each head. */
function attended(tf: TensorFlow, heads: number) {
  return (...[q, k, v]: TfTensor[]): TfTensor => {
    const [batch, steps, features] = q!.shape as [number, number, number];
    const apart = (x: TfTensor): TfTensor => (heads === 1 ? x : x.reshape([batch, steps, heads, features / heads]).transpose([0, 2, 1, 3]));
    const scores = tf.matMul(apart(q!), apart(k!), false, true).mul(1 / Math.sqrt(features / heads));
    const values = tf.matMul(tf.softmax(scores), apart(v!));
    return heads === 1 ? values : values.transpose([0, 2, 1, 3]).reshape([batch, steps, features]);
  };
}

function projected(tf: TensorFlow, heads: number) {
  return (...[wq, wk, wv, wo, x]: TfTensor[]): TfTensor => {
    const [batch, steps, features] = x!.shape as [number, number, number];
    const through = (y: TfTensor, w: TfTensor): TfTensor =>
      tf.matMul(y.reshape([batch * steps, features]), w).reshape([batch, steps, features]);
    return through(attended(tf, heads)(through(x!, wq!), through(x!, wk!), through(x!, wv!)), wo!);
  };
}
