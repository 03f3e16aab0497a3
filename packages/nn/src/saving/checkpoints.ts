// Checkpoints of a fit in a folder, from which the same call goes on: as Keras's BackupAndRestore and ModelCheckpoint in one.
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError } from "@sluice/core";
import { boolean, positive, size, text, type Rule } from "@sluice/core/arguments";
import type { LayerTable } from "../layers/table.ts";
import type { Callback, Training } from "../model/model.ts";
import type { History } from "../model/options.ts";
import type { Saved } from "../model/saved.ts";
import { optional, optionsOf, preset, required, type Table } from "../options/table.ts";
import { flatten } from "../weights/layout.ts";
import { loadTable } from "./deserializeWith.ts";
import { loadModel, saveModel } from "./files.ts";

export interface CheckpointsConfig {
  /** Made where it is not there. One run's alone. */
  readonly folder: string;
  /** A checkpoint after each so many batches, counted over all epochs. */
  readonly everySteps?: number;
  /** And where so many seconds have gone by since the last. With neither there is one after each epoch. */
  readonly everySeconds?: number;
  /** So many are kept, the newest; default 2. */
  readonly keep?: number;
  /** What says which epoch is best: a name in its log; default "valLoss" where there is validation, otherwise "loss". Its model is kept as best.safetensors. */
  readonly monitor?: string;
  /** Go on from the newest that is there; default true. Where it is false the folder must hold none. */
  readonly resume?: boolean;
  /** Makers of layers of one's own, by kind, as `loadModel` takes them. */
  readonly layers?: LayerTable;
}

const path: Rule<string> = {
  expected: "a path that is not empty and has no zero character",
  accepts: (value): value is string => text.accepts(value) && value !== "" && !value.includes("\0"),
};

export const checkpointsTable = {
  folder: required(path),
  everySteps: optional(size),
  everySeconds: optional(positive),
  keep: preset(size, 2),
  monitor: optional(text),
  resume: preset(boolean, true),
  layers: loadTable.layers,
} satisfies Table<CheckpointsConfig>;

const who = "checkpoints";
const named = /^checkpoint-(\d{12})\.safetensors$/;
/** What `onEpochEnd` has seen. */
interface Seen {
  readonly monitor: string;
  readonly best?: number;
}

/**
 * A callback of `fit` that writes checkpoints to a folder, and at the start goes on from the newest that is there: the same call again, after a crash, a kill or an
 * abort, ends with the bits, and the history, that it would have ended with.
 *
 * Each file is there whole or not at all, as `saveModel` writes it, so that at most the batches since the last one are lost. Where one cannot be written, training ends with
 * FILE_UNWRITABLE, and those before it stay. One that cannot be read any more is passed over for the one before it, with a warning. What training keeps for itself is
 * in them; callbacks have their `state`, data and options are yours to give again. Writing waits for what is queued. A fit that `signal` or a callback's `stop` ended is one
 * to go on with: the same call does. There is none while updates that are not finite are left out.
 *
 * Throws INVALID_ARGUMENT for options that make no sense, and in `fit` for a folder of checkpoints with `resume: false`, and what `Training.restore` throws.
 */
export function checkpoints(config: CheckpointsConfig): Callback {
  const { folder, everySteps, everySeconds, keep, monitor, resume, layers } = optionsOf(who, checkpointsTable, config);
  const isEachEpoch = everySteps === undefined && everySeconds === undefined;
  let seen: Seen = { monitor: "" };
  let last = performance.now();
  let watched = monitor ?? "loss";

  const save = async (training: Training): Promise<void> => {
    if (await saved(folder, keep, training)) last = performance.now();
  };

  return {
    name: who,
    isLast: true,
    async onTrainBegin(training) {
      watched = monitor ?? (training.validates ? "valLoss" : "loss");
      training.better(watched);
      seen = { monitor: watched };
      await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
        throw unwritable(folder, cause);
      });
      const there = await found(folder);
      if (!resume && there.length > 0) throw taken(folder, there.length);
      const saved = await newest(folder, there, layers);
      if (saved !== undefined) await training.restore(saved);
      last = performance.now();
    },
    async onTrainBatchEnd(_, training) {
      const isDue = (everySteps !== undefined && training.batches % everySteps === 0) || secondsSince(last) >= (everySeconds ?? Infinity);
      if (isDue) await save(training);
    },
    async onEpochEnd(log, training) {
      if (isBetter(log[watched] ?? Number.NaN, seen.best, training.better(watched))) {
        await saveBest(folder, training);
        seen = { monitor: watched, best: log[watched] ?? Number.NaN }; // `isBetter` saw it
      }
      if (isEachEpoch || log.epoch === training.epochs) await save(training);
    },
    async onTrainEnd({ ended }: History, training) {
      if (ended !== "signal" && ended !== "stop") return;
      const { training: state } = await training.trainer.checkpoint({ optimizer: true });
      if (state?.progress !== undefined) await save(training); // absent where the best weights were gone back to
    },
    state: () => seen,
    resume(state) {
      const before = state as Seen; // what `state` gave
      if (before.monitor === watched) seen = before; // another measure says nothing
    },
  };
}

function isBetter(now: number, best: number | undefined, better: "lower" | "higher"): boolean {
  if (best === undefined) return !Number.isNaN(now);
  return better === "lower" ? now < best : now > best;
}

/** With the weights that were validated. */
async function saveBest(folder: string, { trainer, averaged }: Training): Promise<void> {
  const now = await trainer.checkpoint();
  const weights = averaged ? flatten(await trainer.weights({ averaged }), who) : now.weights;
  await saveModel(join(folder, "best.safetensors"), { model: trainer.model, checkpoint: async () => ({ ...now, weights }) });
}

/** Nothing, and false, where updates are left out: what is there holds more than what could be said now. */
async function saved(folder: string, keep: number, { trainer, batches }: Training): Promise<boolean> {
  const now = await trainer.checkpoint({ optimizer: true });
  const step = now.training?.step ?? 0;
  if (step < batches && now.training?.progress?.position === undefined) return false;
  const name = nameOf(step);
  const source = { model: trainer.model, checkpoint: async () => now };
  await saveModel(join(folder, name), source, { optimizer: true, allowNonFinite: true });
  const all = await found(folder);
  const kept = all.filter((each) => each <= name).slice(0, keep);
  for (const each of all) if (!kept.includes(each)) await rm(join(folder, each), { force: true }); // those beyond could not be read
  return true;
}

function nameOf(batches: number): string {
  return `checkpoint-${String(batches).padStart(12, "0")}.safetensors`;
}

/** Names of checkpoints, the newest first. */
async function found(folder: string): Promise<readonly string[]> {
  return (await readdir(folder))
    .filter((name) => named.test(name))
    .toSorted()
    .toReversed();
}

/** What the newest file that can be read holds; undefined where there is none. */
async function newest(folder: string, names: readonly string[], layers: LayerTable): Promise<Saved | undefined> {
  let damaged: unknown;
  for (const name of names)
    try {
      return (await loadModel(join(folder, name), { allowNonFinite: true, layers })).saved;
    } catch (error) {
      if (!(error instanceof SluiceError && error.code === "FILE_CORRUPT")) throw error;
      damaged ??= error;
      console.warn(`${who}: ${error.message}; going on from the one before it`);
    }
  if (damaged !== undefined) throw damaged;
  return undefined;
}

function taken(folder: string, count: number): SluiceError {
  const what = `there are ${count} checkpoints in ${folder}, of another run or an earlier start of this one`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Give another folder, empty this one, or resume: true" });
}

function unwritable(folder: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError({ code: "FILE_UNWRITABLE", who, what: `the folder ${folder} cannot be made: ${reason}`, fix: "Check that its parent exists and what rights it gives", cause }); // prettier-ignore
}

function secondsSince(moment: number): number {
  return (performance.now() - moment) / 1000;
}
