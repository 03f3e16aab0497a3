// The sums of what is measured of a model.
import type { Backend } from "@sluice/core";
import { Totals, type Part } from "../learner/totals.ts";
import { reportedName, reportedOf, type Head } from "./heads.ts";

export function totalsOf(backend: Backend, heads: readonly Head[], dtype: "f32" | "f64"): Totals {
  return new Totals(backend, reportedOf(heads).map(({ name }) => name), dtype, partsOf(heads)); // prettier-ignore
}

/** What counts by the weight of each output; nothing where there is one output without a name, as the batch's weight is its. */
function partsOf(heads: readonly Head[]): readonly Part[] {
  if (heads[0]?.isNamed === false) return [];
  return heads.map((head) => ({
    measures: [reportedName(head, "loss"), ...head.metrics.map(({ name }) => reportedName(head, name))],
    share: head.lossWeight,
  }));
}
