// How often the likeliest class is the label.
import { argmax, cast } from "@sluice/core";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { ignoringTable, labelCounts, sumsCounted, type IgnoringConfig } from "../measures/ignoring.ts";
import { checkedMeasure, classLabels, meanPerSample } from "../measures/measure.ts";
import type { Metric } from "./metric.ts";
import { share } from "./share.ts";

/** The share of rows [batch, …, classes] whose largest output is the one of the label [batch, …]; with `ignoreClass` of those whose label is another. */
export const sparseCategoricalAccuracy: Configurable<Metric<"sparseCategoricalAccuracy">, IgnoringConfig> = configurable(
  ignoringTable,
  ({ ignoreClass }) =>
    checkedMeasure({
      name: "sparseCategoricalAccuracy",
      better: "higher",
      ...(ignoreClass !== undefined && { sums: share }),
      target: classLabels("sparseCategoricalAccuracy", ignoreClass),
      perSample(y, z) {
        const right = cast(argmax(z).equal(y), z.dtype);
        const counts = labelCounts(y, ignoreClass, z.dtype);
        return counts === undefined ? meanPerSample(right) : sumsCounted(right, counts);
      },
    }),
);
