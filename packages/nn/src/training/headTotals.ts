// The sums of what is measured of a model.
import type { Backend } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { Totals, type Addend, type Part } from "../learner/totals.ts";
import type { BuiltModel } from "../model/built.ts";
import { lossWeightAt, reportedName, reportedOf, type Head, type Reported } from "./heads.ts";

interface Summing {
  readonly backend: Backend;
  readonly heads: readonly Head[];
  readonly built: BuiltModel;
  readonly dtype: "f32" | "f64";
  /** The updates done when somebody looks; default those of each batch, which its objective has in its sums. */
  readonly updates?: () => number;
}

export function totalsOf({ backend, heads, built, dtype, updates }: Summing): Totals {
  return new Totals(backend, reportedOf(heads).map((one) => addendOf(one, built)), dtype, partsOf(heads, updates)); // prettier-ignore
}

function addendOf({ name, output, sums }: Reported, { outputs }: BuiltModel): Addend {
  if (sums === undefined || output === undefined) return { name };
  return { name, sums: { count: sums.count(entryOf(outputs, output).spec.shape), result: (all) => sums.result(all) } };
}

/** What counts by the weight of each output; nothing where there is one output without a name, as the batch's weight is its. */
function partsOf(heads: readonly Head[], updates: Summing["updates"]): readonly Part[] {
  if (heads[0]?.isNamed === false) return [];
  return heads.map((head) => ({
    measures: [reportedName(head, "loss"), ...head.metrics.map(({ name }) => reportedName(head, name))],
    share: typeof head.lossWeight === "number" ? head.lossWeight : updates === undefined ? 0 : () => lossWeightAt(head, updates()),
  }));
}
