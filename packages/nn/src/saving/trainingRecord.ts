// How far training had come, as a model file says it: counts as JSON, and beside them the optimizer's arrays, those of the best epoch, and what is gathered.
import { SluiceError, type HostArray } from "@sluice/core";
import { nonNegative, show, size, text } from "@sluice/core/arguments";
import type { SavedTraining } from "../model/saved.ts";
import { counter, listOf } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import { progress, progressOf, progressRecord, type ProgressRecord } from "./progress.ts";
import { foreign, type Entry } from "./safetensors.ts";

/** The array of slot m for "lstm.wx" is named "optimizer/m/lstm.wx". A layer's name has no slash, so no weight is named like that. */
const prefix = "optimizer/";
/** Likewise those of the best epoch so far. */
const bestPrefix = "best/";
/** And the gradient that batches since the last update came to. */
const gatheredPrefix = "gathered/";

export interface TrainingRecord extends Omit<SavedTraining, "slots" | "gathered" | "progress"> {
  readonly slots: readonly string[];
  /** The weight of the batches gathered. */
  readonly gathered?: number;
  readonly progress?: ProgressRecord;
}

export const trainingTable = {
  optimizer: required(text),
  step: required(counter),
  epoch: required(counter),
  gradientAccumulationSteps: optional(size),
  gathered: optional(nonNegative),
  learningRateScale: optional(nonNegative),
  frozen: optional(listOf(text)),
  slots: required(listOf(text)),
  progress: optional(progress),
} satisfies Table<TrainingRecord>;

export function trainingRecord({ progress, slots, gathered, ...counts }: SavedTraining): TrainingRecord {
  return {
    ...counts,
    slots: Object.keys(slots),
    ...(gathered !== undefined && { gathered: gathered.weight }),
    ...(progress !== undefined && { progress: progressRecord(progress) }),
  };
}

/** Its arrays by the names they have in a file. Throws INVALID_ARGUMENT for an array of the optimizer whose name cannot be read again. */
export function trainingArrays(
  { slots, progress, gathered: sum }: SavedTraining,
  who: string,
): (readonly [name: string, array: HostArray])[] {
  const own = Object.entries(slots).flatMap(([slot, arrays]) => {
    if (slot === "" || slot.includes("/")) throw unsavable(who, `the optimizer's array ${show(slot)} has an empty name or a slash in it`);
    return Object.entries(arrays).map(([key, array]) => [`${prefix}${slot}/${key}`, array] as const);
  });
  const best = Object.entries(progress?.best?.weights ?? {}).map(([key, array]) => [`${bestPrefix}${key}`, array] as const);
  const gathered = Object.entries(sum?.gradient ?? {}).map(([key, array]) => [`${gatheredPrefix}${key}`, array] as const);
  return [...own, ...best, ...gathered];
}

interface Arrays {
  readonly slots: SavedTraining["slots"];
  readonly best: Readonly<Record<string, HostArray>> | undefined;
  readonly gathered: Readonly<Record<string, HostArray>>;
}

/** The way back. */
export function trainingOf({ progress, gathered: weight, ...counts }: TrainingRecord, { slots, best, gathered }: Arrays): SavedTraining {
  return {
    ...counts,
    slots,
    ...(weight !== undefined && { gathered: { gradient: gathered, weight } }),
    ...(progress !== undefined && { progress: progressOf(progress, best) }),
  };
}

export type Group = Map<string, Entry>;

export interface Groups {
  readonly weights: Group;
  readonly slots: ReadonlyMap<string, Group>;
  readonly best: Group;
  readonly gathered: Group;
}

/** Weights by name, the optimizer's arrays by slot and name, the best weights and what is gathered by name; each array belongs somewhere. */
export function grouped(entries: readonly Entry[], training: TrainingRecord | undefined, who: string): Groups {
  const weights: Group = new Map(),
    best: Group = new Map(),
    gathered: Group = new Map(),
    slots = new Map((training?.slots ?? []).map((slot) => [slot, new Map() as Group]));
  const bestOf = training?.progress?.best?.log === undefined ? undefined : best;
  const gatheredOf = training?.gathered === undefined ? undefined : gathered;
  for (const entry of entries) {
    const own = [bestPrefix, gatheredPrefix].find((one) => entry.name.startsWith(one));
    if (own === undefined && !entry.name.startsWith(prefix)) weights.set(entry.name, entry);
    else {
      const end = entry.name.indexOf("/", own === undefined ? prefix.length : 0);
      const slot = entry.name.slice(prefix.length, end);
      const group = own === undefined ? slots.get(slot) : own === bestPrefix ? bestOf : gatheredOf;
      if (group === undefined) throw foreign(who, `its array ${show(entry.name)} belongs to nothing that it says it has`);
      group.set(entry.name.slice(end + 1), entry);
    }
  }
  return { weights, slots, best, gathered };
}

export function unsavable(who: string, what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Such a model could not be loaded again" });
}
