// Whether a class is among the k of the largest scores.
import { lessEqual, oneHot, where, type Tensor } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import { preset, type Table } from "../options/table.ts";

export interface TopKConfig {
  /** Default 5. */
  readonly k?: number;
}

export const topKTable = { k: preset(size, 5) } satisfies Table<TopKConfig>;

/** 1 where fewer than k scores of the row are larger than the label's, otherwise 0: of equals all are in. NaN never is, but where all are. z [batch, …, classes], label [batch, …]. */
export function inTopK(label: Tensor, z: Tensor, k: number): Tensor {
  const last = z.rank - 1;
  const own = where(oneHot(label, z.shape[last] ?? 1, z.dtype), z, 0).sum(last, { keepDims: true });
  return lessEqual(z, own).neg().add(1).sum(last).less(k);
}
