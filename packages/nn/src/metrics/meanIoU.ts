// How far what is decided and what is true overlap, class by class.
import { argmax, oneHot, type Tensor } from "@sluice/core";
import { configurable, type Configurable } from "../measures/configurable.ts";
import { labelCounts, type IgnoringConfig } from "../measures/ignoring.ts";
import { checkedMeasure, classLabels, probabilities } from "../measures/measure.ts";
import { countsByClass, countsIn } from "./decisions.ts";
import type { Metric } from "./metric.ts";
import { ratio } from "./share.ts";
import { ignoringTable } from "./sparseCategoricalAccuracy.ts";

/**
 * The mean over classes of right / (decided + true − right), of those that are decided for or true at all: each row [batch, …, classes] is decided for its largest output, the first of equals.
 * Targets are labels, or as the loss beside it reads them one-hot; with `ignoreClass` rows of that label do not count. 0 where nothing does.
 *
 * As Keras's MeanIoU and OneHotMeanIoU, which are told how many classes there are; these are the output's.
 */
export const meanIoU: Configurable<Metric<"meanIoU">, IgnoringConfig> = configurable(ignoringTable, ({ ignoreClass }) =>
  checkedMeasure({
    name: "meanIoU",
    better: "higher",
    target: (output, _, beside) => (beside?.dtype === "float" ? probabilities(output) : classLabels("meanIoU", ignoreClass)(output)),
    perSample(y, z) {
      const classes = z.shape.at(-1) ?? 1;
      const label = y.dtype === "i32" ? y : argmax(y);
      const counts = labelCounts(label, ignoreClass, z.dtype)?.expand(-1);
      const counted = (each: Tensor): Tensor =>
        counts === undefined ? oneHot(each, classes, z.dtype) : oneHot(each, classes, z.dtype).mul(counts);
      return countsByClass(counted(label), counted(argmax(z)));
    },
    sums: {
      count: (output) => 3 * (output.at(-1) ?? 1),
      result(sums) {
        const present = countsIn(sums).filter(({ decided, actual }) => decided + actual > 0);
        return ratio(present.reduce((sum, { right, decided, actual }) => sum + right / (decided + actual - right), 0), present.length); // prettier-ignore
      },
    },
  }),
);
