// A scan whose iterations may run in parallel, as the pass that makes it tells the generator.
import type { ScanStep, Step } from "@sluice/core";

/** A scan whose iterations share only data that they read. */
export interface ParallelScan extends ScanStep {
  readonly isParallel: true;
}

export function isParallel(step: Step): step is ParallelScan {
  return "isParallel" in step;
}
