// Labels that say that they do not count.
import { cast, notEqual, stack, where, type Tensor } from "@sluice/core";
import type { Rule } from "@sluice/core/arguments";
import { optional, type Table } from "../options/table.ts";
import { meanPerSample, sumPerSample } from "./measure.ts";

export interface IgnoringConfig {
  /** The label of what does not count, any whole number; default none. */
  readonly ignoreClass?: number;
}

const anyLabel: Rule<number> = {
  expected: "a 32-bit whole number",
  accepts: (value): value is number => Number.isInteger(value) && value === (value as number) >> 0,
};

export const ignoringTable = { ignoreClass: optional(anyLabel) } satisfies Table<IgnoringConfig>;

/** 1 where a label counts, otherwise 0; undefined where all do. */
export function labelCounts(y: Tensor, ignored: number | undefined, dtype: Tensor["dtype"]): Tensor | undefined {
  return ignored === undefined ? undefined : cast(notEqual(y, ignored), dtype);
}

/** The mean of each sample over what counts of it, 0 where nothing does: [batch, …] → [batch]. */
export function meanCounted(x: Tensor, counts: Tensor | undefined): Tensor {
  if (counts === undefined) return meanPerSample(x);
  const count = sumPerSample(counts);
  return sumPerSample(where(counts, x, 0)).div(where(count, count, 1));
}

/** The sum of each sample over what counts of it, and how much that is: [batch, …] → [batch, 2]. */
export function sumsCounted(x: Tensor, counts: Tensor): Tensor {
  return stack([sumPerSample(x.mul(counts)), sumPerSample(counts)], 1);
}
