// Label smoothing (Szegedy et al. 2016): a part of the target is spread evenly over the classes.
import { rate } from "@sluice/core/arguments";
import type { Tensor } from "@sluice/core";
import { preset, type Table } from "../options/table.ts";

export interface SmoothingConfig {
  /** The part, 0 … 1; default 0. */
  readonly labelSmoothing?: number;
}

export const smoothingTable = { labelSmoothing: preset(rate, 0) } satisfies Table<SmoothingConfig>;

/** y (1 − part) + part / classes; y itself where nothing is smoothed. */
export function smoothed(y: Tensor, part: number, classes: number): Tensor {
  return part === 0 ? y : y.mul(1 - part).add(part / classes);
}
