// Direction: how unlike that of the target the output's is.
import { cosine } from "../measures/cosine.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";

/**
 * −Σ y·z / (|y| |z|) over the last axis, its mean over the others but the batch: −1 for the same direction, 1 for the opposite. Lengths are at least 10⁻⁷, so a
 * vector of zeros gives 0. Target y and output z [batch, …, features].
 *
 * The metric "cosineSimilarity" is the same without the sign, as in Keras. PyTorch's CosineEmbeddingLoss is 1 more for pairs that belong together.
 */
export const cosineSimilarity: Loss = checkedMeasure({
  name: "cosineSimilarity",
  target: likeOutput,
  perSample: (y, z) => meanPerSample(cosine(y, z).neg()),
});
