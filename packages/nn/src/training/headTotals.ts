// The sums of what is measured of a model.
import type { Backend } from "@sluice/core";
import { Totals } from "../learner/totals.ts";
import { reportedName, reportedOf, type Head } from "./heads.ts";

export function totalsOf(backend: Backend, heads: readonly Head[], dtype: "f32" | "f64"): Totals {
  return new Totals(backend, reportedOf(heads).map(({ name }) => name), dtype, ownWeightsOf(heads)); // prettier-ignore
}

/** Which of them count by the weight of each output; none where there is one output without a name, as the batch's weight is its. */
function ownWeightsOf(heads: readonly Head[]): readonly (readonly string[])[] {
  if (heads[0]?.isNamed === false) return [];
  return heads.map((head) => ["loss", ...head.metrics.map(({ name }) => name)].map((name) => reportedName(head, name)));
}
