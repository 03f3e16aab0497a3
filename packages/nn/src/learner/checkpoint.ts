// What a learner leaves behind: plain data, from which another goes on as if it had not stopped.
import { type HostArray, SluiceError, type TypedArray } from "@sluice/core";
import { nonNegative, text, type Rule } from "@sluice/core/arguments";
import { anyRecord, counter, listOf, recordOf } from "../options/rules.ts";
import { given, optional, required, type Table } from "../options/table.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { hostNumbers } from "../host/hostNumbers.ts";
import { checkFinite } from "../weights/finite.ts";
import { trainedPart, type Layout } from "../weights/layout.ts";
import type { SavedSums } from "./totals.ts";

type Named = Readonly<Record<string, HostArray>>;

/** See `Learner.checkpoint`; the arrays are by name, "cell.wx". */
export interface LearnerCheckpoint {
  readonly weights: Named;
  readonly optimizer: string;
  /** The optimizer's arrays, by its names for them. */
  readonly slots: Readonly<Record<string, Named>>;
  /** Done, each update after so many. */
  readonly batches: number;
  readonly gradientAccumulationSteps: number;
  /** Batches that were left out alone, as far as `measures` counted them. */
  readonly skipped: number;
  /** What the batches since the last update came to. */
  readonly gathered?: { readonly gradient: Named; readonly weight: number };
  /** By place; empty where there is none. */
  readonly state: Named;
  /** Since `measures` was last called. */
  readonly measured: SavedSums & { readonly steps: number };
}

const named: Rule<Named> = recordOf(anyRecord) as Rule<Named>; // what each array is, is checked where it is read
const sums: Rule<LearnerCheckpoint["measured"]> = {
  expected: "sums as a learner keeps them",
  accepts: (value): value is LearnerCheckpoint["measured"] => {
    if (!anyRecord.accepts(value)) return false;
    const { steps, names, full, partial } = value as Readonly<Record<string, unknown>>;
    const areSums = (list: unknown): list is readonly number[] => Array.isArray(list) && list.every((one) => typeof one === "number");
    if (!counter.accepts(steps) || !listOf(text).accepts(names) || !areSums(full) || !areSums(partial)) return false;
    return full.length >= names.length + 2 && partial.length === full.length; // some measures are made of several
  },
};
const gathered: Rule<NonNullable<LearnerCheckpoint["gathered"]>> = {
  expected: "a record of gradient and weight",
  accepts: (value): value is NonNullable<LearnerCheckpoint["gathered"]> =>
    anyRecord.accepts(value) &&
    "gradient" in value &&
    named.accepts(value.gradient) &&
    "weight" in value &&
    nonNegative.accepts(value.weight),
};

export const checkpointTable = {
  weights: required(named),
  optimizer: required(text),
  slots: required(recordOf(named)),
  batches: required(counter),
  skipped: required(counter),
  gradientAccumulationSteps: required(counter),
  gathered: optional(gathered),
  state: required(named),
  measured: required(sums),
} satisfies Table<LearnerCheckpoint>;

/**
 * Throws INVALID_ARGUMENT for what is no checkpoint, and for one of another optimizer, of other weights that train, or amid an update of
 * another number of batches; NOT_FINITE, naming the array.
 */
export function checkedCheckpoint(
  who: string,
  from: LearnerCheckpoint,
  { optimizer, steps, layout }: { readonly optimizer: Optimizer; readonly steps: number; readonly layout: Layout },
): LearnerCheckpoint {
  const checkpoint = given(`${who} from`, checkpointTable, from);
  const { slots, gradientAccumulationSteps, gathered: sum } = checkpoint;
  const [kept, now] = [
    `${checkpoint.optimizer} with [${Object.keys(slots).join(", ")}]`,
    `${optimizer.name} with [${optimizer.slots.join(", ")}]`,
  ];
  if (kept !== now) throw misfit(who, `the checkpoint is of ${kept}, the optimizer is ${now}`, "Give the optimizer it had");
  if (gradientAccumulationSteps !== steps) {
    const what = `the checkpoint has ${gradientAccumulationSteps} gradientAccumulationSteps, not ${steps}`;
    throw misfit(who, what, "Give as many as it had: they say which batches are one update");
  }
  if (steps > 1 && sum === undefined)
    throw misfit(who, "the checkpoint lacks what its batches since the last update came to", "Take it as it was");
  for (const arrays of Object.values(slots)) checkTrained(who, Object.keys(arrays), Object.keys(trainedPart(layout).entries));
  const parts = { weights: checkpoint.weights, ...slots, state: checkpoint.state, gathered: sum?.gradient ?? {} };
  for (const [part, arrays] of Object.entries(parts))
    for (const [name, array] of Object.entries(arrays))
      checkFinite(hostOf(array, `${part}.${name}`, who), `${part}.${name}`, `${who} from`);
  return checkpoint;
}

/** What a user may have made of it. */
function hostOf(array: HostArray, name: string, who: string): HostArray {
  return { ...array, data: hostNumbers(array, `${who} from`, name).data as TypedArray }; // of any kind of numbers
}

function checkTrained(who: string, kept: readonly string[], now: readonly string[]): void {
  if (kept.toSorted().join() === now.toSorted().join()) return;
  const what = `the checkpoint has the optimizer's arrays of ${kept.join(", ")}, what trains is ${now.join(", ")}`;
  throw misfit(who, what, "Give the groups it had; to train other weights from here on, make a learner without `from` and set its weights");
}

function misfit(who: string, what: string, fix: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix });
}
