// How far a fit had come, as a model file says it: in JSON, which has no NaN and no infinity, beside the arrays of the best weights.
import { boolean, finite, oneOf, size, text, type Rule } from "@sluice/core/arguments";
import type { HostArray } from "@sluice/core";
import type { SavedSums } from "../learner/totals.ts";
import type { SavedBest, SavedPosition, SavedProgress } from "../model/saved.ts";
import { counter, either, listOf, recordOf } from "../options/rules.ts";
import { given, optional, required, type Table } from "../options/table.ts";

/** As JSON has it, which has no NaN and no infinity. */
export type Written = number | "NaN" | "Infinity" | "-Infinity";
type SumsRecord = { readonly [K in keyof SavedSums]: K extends "names" ? SavedSums[K] : readonly Written[] };
type PositionRecord = { readonly [K in keyof SavedPosition]: K extends "sums" ? SumsRecord : SavedPosition[K] };
type BestRecord = Omit<SavedBest, "log" | "weights"> & { readonly log?: Readonly<Record<string, Written>> };

export interface ProgressRecord extends Pick<SavedProgress, "callbacks"> {
  readonly position?: PositionRecord;
  readonly best?: BestRecord;
  readonly logs?: readonly Readonly<Record<string, Written>>[];
}

export function progressRecord({ position, best, logs, callbacks }: SavedProgress): ProgressRecord {
  return {
    ...(logs && { logs: logs.map((log) => mapLog(log, written)) }),
    ...(callbacks && { callbacks }),
    ...(position && { position: { ...position, sums: mapSums(position.sums, written) } }),
    ...(best && { best: { monitor: best.monitor, waited: best.waited, ...(best.log && { log: mapLog(best.log, written) }) } }),
  };
}

/** The way back; `weights` are those of the best epoch, where they were kept. */
export function progressOf(
  { position, best, logs, callbacks }: ProgressRecord,
  weights: Readonly<Record<string, HostArray>> | undefined,
): SavedProgress {
  const log = best?.log && mapLog(best.log, Number);
  return {
    ...(logs && { logs: logs.map((one) => mapLog(one, Number)) }),
    ...(callbacks && { callbacks }),
    ...(position && { position: { ...position, sums: mapSums(position.sums, Number) } }),
    ...(best && { best: { monitor: best.monitor, waited: best.waited, ...(log && { log }), ...(weights && { weights }) } }),
  };
}

export function mapSums<A, B>(
  { names, full, partial }: { readonly names: readonly string[]; readonly full: readonly A[]; readonly partial: readonly A[] },
  each: (value: A) => B,
): { readonly names: readonly string[]; readonly full: readonly B[]; readonly partial: readonly B[] } {
  return { names, full: full.map((value) => each(value)), partial: partial.map((value) => each(value)) };
}

function mapLog<A, B>(log: Readonly<Record<string, A>>, each: (value: A) => B): Readonly<Record<string, B>> {
  return Object.fromEntries(Object.entries(log).map(([name, value]) => [name, each(value)]));
}

export function written(value: number): Written {
  return Number.isFinite(value) ? value : (String(value) as Written); // there are only those three
}

export const number: Rule<Written> = either(finite, oneOf("NaN", "Infinity", "-Infinity"));
const sums = shaped<SumsRecord>(
  { names: required(listOf(text)), full: required(listOf(number)), partial: required(listOf(number)) },
  ({ names, full, partial }) => full.length >= names.length + 2 && partial.length === full.length, // some measures have weights of their own
);
const off: Rule<false> = { expected: "false", accepts: (value): value is false => boolean.accepts(value) && !value };
const position = shaped<PositionRecord>(
  {
    steps: required(size),
    samples: optional(size),
    batchSize: required(size),
    shuffle: required(either(finite, off)),
    sums: required(sums),
    buckets: optional(listOf(size)),
    carried: optional(recordOf(listOf(finite))),
  },
  ({ steps, samples, batchSize, buckets }) =>
    samples === undefined || (batchSize <= samples && steps <= Math.ceil(samples / batchSize) + (buckets?.length ?? 0)),
);
const best = shaped<BestRecord>(
  { monitor: required(text), waited: required(counter), log: optional(recordOf(number)) },
  ({ monitor, log }) => log === undefined || [monitor, "epoch", "loss", "examplesPerSecond"].every((name) => Object.hasOwn(log, name)),
);

const anyState: Rule<unknown> = { expected: "what the callback gave", accepts: (value): value is unknown => value !== undefined };

export const progress = shaped<ProgressRecord>({
  ...{ position: optional(position), best: optional(best) },
  logs: optional(listOf(recordOf(number))),
  callbacks: optional(recordOf(anyState)),
});

/** A record by a table whose parts fit together. */
function shaped<T>(table: Table<T>, fits: (value: T) => boolean = () => true): Rule<T> {
  const accepts = (value: unknown): value is T => {
    try {
      return fits(given("", table, value as T)); // which is checked here
    } catch {
      return false;
    }
  };
  return { expected: `a record of ${Object.keys(table).join(", ")} as training left it`, accepts };
}
