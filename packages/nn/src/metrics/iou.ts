// How far what is decided and what is true overlap, of some classes.
import { count } from "@sluice/core/arguments";
import { ignoringTable, type IgnoringConfig } from "../measures/ignoring.ts";
import { listOf, nonEmpty } from "../options/rules.ts";
import { given, required, type Table } from "../options/table.ts";
import type { Metric } from "./metric.ts";
import { overlapMetric } from "./overlap.ts";

export interface IoUConfig extends IgnoringConfig {
  /** The classes whose mean it is. */
  readonly targetClassIds: readonly number[];
}

export const iouTable = { targetClassIds: required(nonEmpty(listOf(count))), ...ignoringTable } satisfies Table<IoUConfig>;

/** `meanIoU` over these classes alone, as Keras's IoU and OneHotIoU. Throws INVALID_ARGUMENT for options that are none. */
export function iou(config: IoUConfig): Metric<"iou"> {
  const { ignoreClass, targetClassIds } = given("iou", iouTable, config);
  return overlapMetric("iou", ignoreClass, targetClassIds);
}
