// Direction: how like that of the target the output's is.
import { cosine } from "../measures/cosine.ts";
import { checkedMeasure, likeOutput, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";

/** Σ y·z / (|y| |z|) over the last axis, its mean over all else that counts: the loss of that name, without its sign. */
export const cosineSimilarity: Metric<"cosineSimilarity"> = checkedMeasure({
  name: "cosineSimilarity",
  better: "higher",
  target: likeOutput,
  perSample: (y, z) => meanPerSample(cosine(y, z)),
});
