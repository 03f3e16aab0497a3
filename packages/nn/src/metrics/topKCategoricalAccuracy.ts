// How often the target's class is among the k likeliest.
import { argmax } from "@sluice/core";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { checkedMeasure, meanPerSample, probabilities } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";
import { inTopK, topKTable, type TopKConfig } from "./topK.ts";

/** The share of rows [batch, …, classes] in which fewer than `k` outputs are larger than that at the target's largest value; of equals all are among the k, as in Keras. */
export const topKCategoricalAccuracy: Configurable<Metric<"topKCategoricalAccuracy">, TopKConfig> = configurable(topKTable, ({ k }) =>
  checkedMeasure({
    name: "topKCategoricalAccuracy",
    better: "higher",
    target: probabilities,
    perSample: (y, z) => meanPerSample(inTopK(argmax(y), z, k)),
  }),
);
