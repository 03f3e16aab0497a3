// Attention in products and softmax: its own `dotProductAttention` wants iterator helpers, which Node has from 22 on.
import type { HostArray } from "@sluice/core";
import type { Attention, Matmul, MultiHead, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { array, type Jax, type JaxArray, repeated } from "./api.ts";

export async function attention(jax: Jax, { heads, q, k, v }: Attention): Promise<Work> {
  return forward(jax, [q, k, v], attended(jax, heads));
}

export async function attentionGradient(jax: Jax, { heads, q, k, v, target }: Attention & Targeted): Promise<Work> {
  return gradients(jax, [q, k, v], target, attended(jax, heads));
}

export async function multiHead(jax: Jax, { heads, weights: { wq, wk, wv, wo }, x }: MultiHead): Promise<Work> {
  return forward(jax, [wq, wk, wv, wo, x], projected(jax, heads));
}

export async function multiHeadGradient(jax: Jax, { heads, weights: { wq, wk, wv, wo }, x, target }: MultiHead & Targeted): Promise<Work> {
  return gradients(jax, [wq, wk, wv, wo, x], target, projected(jax, heads));
}

export async function product(jax: Jax, { a, b }: Matmul): Promise<Work> {
  return forward(
    jax,
    [a, b],
    spread((x, y) => jax.numpy.matmul(x, y)),
  );
}

type Run = (on: readonly JaxArray[]) => JaxArray;

/** A function of arrays as one of a list of them: as many as it takes. */
export function spread(f: (x: JaxArray, y: JaxArray, z: JaxArray) => JaxArray): Run {
  return (on) => f(...(on as readonly [JaxArray, JaxArray, JaxArray])); // it reads no more than there are
}

export function forward(jax: Jax, given: readonly HostArray[], f: Run): Work {
  const [on, run] = [given.map((one) => array(jax, one)), jax.jit(f)];
  return repeated(jax, () => [run(on.map((one) => one.ref))]);
}

export function gradients(jax: Jax, given: readonly HostArray[], target: HostArray, f: Run): Work {
  const { numpy: np } = jax;
  const [on, wanted] = [given.map((one) => array(jax, one)), array(jax, target)];
  const run = jax.jit((on: readonly JaxArray[], wanted: JaxArray) =>
    jax.grad<readonly JaxArray[], readonly JaxArray[]>((at) => np.mean(np.square(f(at).sub(wanted))))(on),
  );
  return repeated(jax, () =>
    run(
      on.map((one) => one.ref),
      wanted.ref,
    ),
  );
}

/** softmax(q·kᵀ / √size)·v for each head. */
function attended({ numpy: np, nn }: Jax, heads: number): Run {
  return spread((q, k, v) => {
    const [batch, steps, features] = q.shape as [number, number, number];
    const apart = (x: JaxArray, axes: number[]): JaxArray => np.transpose(x.reshape([batch, steps, heads, features / heads]), axes);
    const scores = np.matmul(apart(q, [0, 2, 1, 3]), apart(k, [0, 2, 3, 1])).mul(1 / Math.sqrt(features / heads));
    const values = np.matmul(nn.softmax(scores), apart(v, [0, 2, 1, 3]));
    return np.transpose(values, [0, 2, 1, 3]).reshape([batch, steps, features]);
  });
}

function projected(jax: Jax, heads: number): Run {
  const { matmul } = jax.numpy;
  return ([wq, wk, wv, wo, x]) => matmul(attended(jax, heads)([matmul(x!.ref, wq!), matmul(x!.ref, wk!), matmul(x!, wv!)]), wo!);
}
