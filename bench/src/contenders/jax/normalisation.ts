// Batch normalisation in training and softmax cross-entropy, with their gradients, each under `jit`.
import type { BatchNormalization, CrossEntropy, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { array, type Jax, type JaxArray, repeated } from "./api.ts";
import { gradients, spread } from "./attention.ts";

export async function batchNormalizationGradient(jax: Jax, given: BatchNormalization & Targeted): Promise<Work> {
  const { numpy: np } = jax;
  return gradients(
    jax,
    [given.x, given.gamma, given.beta],
    given.target,
    spread((x, gamma, beta) => {
      const centred = x.ref.sub(np.mean(x, 0));
      const deviation = np.sqrt(np.mean(np.square(centred.ref), 0).add(given.epsilon));
      return centred.div(deviation).mul(gamma).add(beta);
    }),
  );
}

export async function crossEntropyGradient(jax: Jax, { logits, labels }: CrossEntropy): Promise<Work> {
  const { nn } = jax;
  const [rows, classes] = logits.shape as [number, number];
  const run = jax.jit((y: JaxArray, right: JaxArray) =>
    jax.grad<JaxArray, JaxArray>((at) => nn.logSoftmax(at).mul(nn.oneHot(right, classes)).sum().div(-rows))(y),
  );
  const [on, right] = [array(jax, logits), array(jax, labels)];
  return repeated(jax, () => [run(on.ref, right.ref)]);
}
