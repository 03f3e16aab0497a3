// Convolution over steps, by its own operation, which has the steps last.
import type { Convolution, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import type { Jax } from "./api.ts";
import { forward, gradients, spread } from "./attention.ts";

export async function convolution(jax: Jax, given: Convolution): Promise<Work> {
  return forward(jax, [given.x, given.kernel], convolved(jax, given));
}

export async function convolutionGradient(jax: Jax, given: Convolution & Targeted): Promise<Work> {
  return gradients(jax, [given.x, given.kernel], given.target, convolved(jax, given));
}

function convolved(
  { numpy: np, lax }: Jax,
  {
    dilation,
    kernel: {
      shape: [size = 1],
    },
  }: Convolution,
) {
  // prettier-ignore
  return spread((x, kernel) => {
    const [seen, weights] = [np.transpose(x, [0, 2, 1]), np.transpose(kernel, [2, 1, 0])];
    const y = lax.convWithGeneralPadding(seen, weights, [1], [[(size - 1) * dilation, 0]], undefined, [dilation]);
    return np.transpose(y, [0, 2, 1]);
  });
}
