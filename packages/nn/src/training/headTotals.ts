// The sums of what is measured of a model.
import type { Backend } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { Totals, type Addend, type Part } from "../learner/totals.ts";
import type { BuiltModel } from "../model/built.ts";
import { reportedName, reportedOf, type Head, type Reported } from "./heads.ts";

export function totalsOf(backend: Backend, heads: readonly Head[], built: BuiltModel, dtype: "f32" | "f64"): Totals {
  return new Totals(backend, reportedOf(heads).map((one) => addendOf(one, built)), dtype, partsOf(heads)); // prettier-ignore
}

function addendOf({ name, output, sums }: Reported, { outputs }: BuiltModel): Addend {
  if (sums === undefined || output === undefined) return { name };
  return { name, sums: { count: sums.count(entryOf(outputs, output).spec.shape), result: (all) => sums.result(all) } };
}

/** What counts by the weight of each output; nothing where there is one output without a name, as the batch's weight is its. */
function partsOf(heads: readonly Head[]): readonly Part[] {
  if (heads[0]?.isNamed === false) return [];
  return heads.map((head) => ({
    measures: [reportedName(head, "loss"), ...head.metrics.map(({ name }) => reportedName(head, name))],
    share: head.lossWeight,
  }));
}
