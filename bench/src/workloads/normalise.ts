// Batch normalisation in training, forward and back.
import { exactly, joined, normal } from "./data.ts";
import { meanSquaredError } from "./float64/losses.ts";
import { batchNormalization } from "./float64/normalisation.ts";
import type { Workload } from "./workload.ts";

export function normalise(rows: number, features: number): Workload<"batchNormalizationGradient"> {
  const given = () => ({
    x: normal("x", [rows, features]),
    gamma: normal("gamma", [features]),
    beta: normal("beta", [features]),
    target: normal("target", [rows, features]),
    epsilon: 1e-3,
  });
  return {
    name: `batch-norm-gradient-${rows}-${features}`,
    help: `batch normalisation in training, forward and backward, ${rows} rows of ${features} features`,
    task: "batchNormalizationGradient",
    flops: 0, // there is no product
    given,
    compared: 1,
    expected() {
      const { epsilon, target, ...arrays } = given();
      const { output, backward } = batchNormalization(exactly(arrays), epsilon);
      const { x, gamma, beta } = backward(meanSquaredError(output, exactly({ target }).target).d);
      return joined([x, gamma, beta]);
    },
    tolerance: 1e-5, // sums of `rows` terms
  };
}
