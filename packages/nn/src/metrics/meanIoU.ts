// How far what is decided and what is true overlap, of all classes.
import { configurable, type Configurable } from "../measures/configurable.ts";
import { ignoringTable, type IgnoringConfig } from "../measures/ignoring.ts";
import type { Metric } from "./metric.ts";
import { overlapMetric } from "./overlap.ts";

/**
 * The mean over classes of right / (decided + true − right), of those that are decided for or true at all: each row [batch, …, classes] is decided for its largest output, the first of equals.
 * Targets are labels, or as the loss beside it reads them one-hot; with `ignoreClass` rows of that label do not count. 0 where nothing does.
 *
 * As Keras's MeanIoU and OneHotMeanIoU, which are told how many classes there are; these are the output's. Keras makes weights whole numbers unless it is given a dtype.
 */
export const meanIoU: Configurable<Metric<"meanIoU">, IgnoringConfig> = configurable(ignoringTable, ({ ignoreClass }) =>
  overlapMetric("meanIoU", ignoreClass, undefined),
);
