// Yes or no, from a score: a margin of 1 costs nothing.
import { relu } from "@sluice/core";
import { binaryAccuracy } from "../metrics/binaryAccuracy.ts";
import { checkedMeasure, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";
import { margin, sides } from "./sides.ts";

/**
 * mean max(0, 1 − y z) for scores z and targets y of −1 and 1, or 0 and 1, where 0 stands for −1; over every axis but the batch.
 * Its gradient at the margin is 0.
 */
export const hinge: Loss = checkedMeasure({
  name: "hinge",
  accuracy: binaryAccuracy,
  target: sides,
  perSample: (y, z) => meanPerSample(relu(margin(y, z))),
});
