// Convolution over steps, by its own operation.
import type { Convolution, Targeted } from "../../workloads/tasks.ts";
import type { Work } from "../contender.ts";
import { repeated, tensor, type TensorFlow, type TfTensor } from "./api.ts";
import { gradients } from "./attention.ts";

export async function convolution(tf: TensorFlow, given: Convolution): Promise<Work> {
  const [x, kernel] = [tensor(tf, given.x), tensor(tf, given.kernel)];
  return repeated(tf, () => [tf.tidy(() => convolved(tf, given)(x, kernel))]);
}

export async function convolutionGradient(tf: TensorFlow, given: Convolution & Targeted): Promise<Work> {
  return gradients(tf, [given.x, given.kernel], given.target, convolved(tf, given));
}

function convolved(
  tf: TensorFlow,
  {
    dilation,
    kernel: {
      shape: [size = 1],
    },
  }: Convolution,
) {
  // prettier-ignore
  return (x: TfTensor, kernel: TfTensor): TfTensor =>
    tf.conv1d(tf.pad(x, [[0, 0], [(size - 1) * dilation, 0], [0, 0]]), kernel, 1, "valid", "NWC", dilation); // prettier-ignore
}
