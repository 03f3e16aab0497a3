// A reduce as loops.
import type { ReduceStep, View } from "@sluice/core";
import type { Nest } from "../../../loops/nest.ts";

/** The kept axes and the folded ones. Strides are those of the inputs and then the output, whose strides are 0 along folded axes. */
export interface ReductionLoops {
  readonly step: ReduceStep;
  readonly views: readonly View[];
  readonly kept: Nest;
  readonly folded: Nest;
  /** Instructions for a lane group with these strides in each view: loads and body. */
  readonly cost: (steps: readonly number[]) => number;
}
