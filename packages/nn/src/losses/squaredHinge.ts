// Yes or no, from a score: a margin of 1 costs nothing, what is far on the wrong side much.
import { relu, square } from "@sluice/core";
import { binaryAccuracy } from "../metrics/binaryAccuracy.ts";
import { checkedMeasure, meanPerSample } from "../measures/measure.ts";
import type { Loss } from "./loss.ts";
import { margin, sides } from "./sides.ts";

/** mean max(0, 1 − y z)² for scores z and targets y of −1 and 1, or 0 and 1, where 0 stands for −1; over every axis but the batch. */
export const squaredHinge: Loss = checkedMeasure({
  name: "squaredHinge",
  accuracy: binaryAccuracy,
  target: sides,
  perSample: (y, z) => meanPerSample(square(relu(margin(y, z)))),
});
