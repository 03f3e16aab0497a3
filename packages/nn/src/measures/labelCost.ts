// What a label costs.
import { oneHot, where, type Tensor } from "@sluice/core";

/** −logs[y]: logs [batch, …, classes], y [batch, …] → [batch, …]; 0 for a label that is no class. */
export function labelCost(y: Tensor, logs: Tensor): Tensor {
  const last = logs.rank - 1;
  return where(oneHot(y, logs.shape[last] ?? 1, logs.dtype), logs, 0)
    .sum(last)
    .neg();
}
