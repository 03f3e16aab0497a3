// How often the label is among the k likeliest classes.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, classLabels, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";
import { inTopK, topKTable, type TopKConfig } from "./topK.ts";

/** The share of rows [batch, …, classes] in which fewer than `k` outputs are larger than that of the label [batch, …]; of equals all are among the k, as in Keras. */
export const sparseTopKCategoricalAccuracy: Configurable<Metric<"sparseTopKCategoricalAccuracy">, TopKConfig> = configurable(
  topKTable,
  ({ k }) =>
    checkedMeasure({
      name: "sparseTopKCategoricalAccuracy",
      better: "higher",
      target: classLabels("sparseTopKCategoricalAccuracy"),
      perSample: (y, z) => meanPerSample(inTopK(y, z, k)),
    }),
);
