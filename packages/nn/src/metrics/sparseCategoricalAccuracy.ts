// How often the likeliest class is the label.
import { argmax, cast } from "@sluice/core";
import { checkedMeasure, classLabels, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";

/** The share of rows [batch, …, classes] whose largest output is the one of the label [batch, …]. */
export const sparseCategoricalAccuracy: Metric<"sparseCategoricalAccuracy"> = checkedMeasure({
  name: "sparseCategoricalAccuracy",
  better: "higher",
  target: classLabels("sparseCategoricalAccuracy"),
  perSample: (y, z) => meanPerSample(cast(argmax(z).equal(y), z.dtype)),
});
