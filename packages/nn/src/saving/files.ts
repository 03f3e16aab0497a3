// Models and checkpoints as files. Only this file and those it imports from here know that there is a file system.
import type { FileHandle } from "node:fs/promises";
import { SluiceError, type HostArray } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import type { LearnerCheckpoint } from "../learner/checkpoint.ts";
import type { AnyLearner } from "../learner/learner.ts";
import type { Model } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import { anyRecord } from "../options/rules.ts";
import { readFully } from "./ranges.ts";
import { checkpointPlan, checkpointTensors } from "./checkpoint.ts";
import { planOf, type Plan } from "./record.ts";
import { codeOf, openRegular, replaceFile } from "./replaceFile.ts";
import { corrupt, emptyArray, headerEnd, pieces, readHead, type Header } from "./safetensors.ts";
import type { Source } from "./savedOf.ts";
import { tensorsOf, type SaveOptions } from "./serialize.ts";
import { prefixLength } from "./stored.ts";
import { readingOf } from "./deserialize.ts";
import type { LoadOptions } from "./deserializeWith.ts";

/**
 * Writes what `serialize` gives to a file, which is there whole or not at all: written aside, synced, renamed. A file of any length is
 * written with one copy of the weights in memory.
 *
 * A link is written through, the mode of a file that is there stays. Parts that a process left when it was ended ("sluice-….part") are
 * removed by the next save to the same path, after a quarter of an hour. Throws FILE_UNWRITABLE, with the system's code in
 * `facts.system`, also for a path that is no regular file, and what `serialize` throws; an older file at `path` is then as it was.
 */
export async function saveModel(path: string, source: Source, options: SaveOptions = {}): Promise<void> {
  checkPath("saveModel", path);
  const who = `saveModel ${path}`;
  await write(path, pieces(await tensorsOf(source, options, who), who), who);
}

/** Writes a learner's checkpoint, as of this call, or one that it gave before; otherwise as `saveModel`. */
export async function saveCheckpoint(path: string, source: LearnerCheckpoint | Pick<AnyLearner, "checkpoint">): Promise<void> {
  checkPath("saveCheckpoint", path);
  const who = `saveCheckpoint ${path}`;
  if (!anyRecord.accepts(source) || "model" in source)
    throw refused(who, "the checkpoint", source, "a learner, or what its checkpoint gave (saveModel is for trainers)");
  const checkpoint = "checkpoint" in source ? await source.checkpoint() : source;
  await write(path, pieces(checkpointTensors(checkpoint, who), who), who);
}

async function write(path: string, parts: readonly Uint8Array[], who: string): Promise<void> {
  try {
    await replaceFile(path, parts);
  } catch (cause) {
    throw failure("FILE_UNWRITABLE", who, "cannot be written", cause);
  }
}

/**
 * The model that `saveModel` wrote. What the header says is checked before an array is read; each array is read into its place, so that a
 * file of any length takes the memory of its weights and no more. With `optimizer: false` the optimizer's arrays are not read at all.
 *
 * Throws FILE_NOT_FOUND, with the system's code in `facts.system`, where there is no regular file that can be read, and what `deserialize`
 * throws.
 */
export async function loadModel<I extends Names = null, O extends Names = null>(
  path: string,
  options: LoadOptions = {},
): Promise<Model<I, O>> {
  checkPath("loadModel", path);
  const who = `loadModel ${path}`,
    reading = readingOf(who, options);
  return (await read(path, who, (header) => planOf(header, reading, who))) as unknown as Model<I, O>; // whose ends the caller knows
}

/** The checkpoint that `saveCheckpoint` wrote, for `learn({ …, from })`. Throws as `loadModel` and `deserializeCheckpoint`. */
export async function loadCheckpoint(path: string): Promise<LearnerCheckpoint> {
  checkPath("loadCheckpoint", path);
  const who = `loadCheckpoint ${path}`;
  return read(path, who, (header) => checkpointPlan(header, who));
}

async function read<T>(path: string, who: string, planFor: (header: Header) => Plan<T>): Promise<T> {
  const { file, length } = await found(who, openRegular(path));
  try {
    const prefix = new Uint8Array(Math.min(prefixLength, length));
    await fill(file, prefix, 0, who);
    const header = new Uint8Array(headerEnd(prefix, length, who) - 8);
    await fill(file, header, 8, who);
    const start = 8 + header.length,
      plan = planFor(readHead(header, length - start, who));
    const arrays = new Map<string, HostArray>();
    for (const entry of plan.entries) {
      const { array, bytes } = emptyArray(entry, who);
      await fill(file, bytes, start + entry.begin, who);
      arrays.set(entry.name, array);
    }
    return plan.finish(arrays);
  } finally {
    await file.close();
  }
}

/** Throws FILE_CORRUPT where the file ends early: it was cut while it was read. */
async function fill(file: FileHandle, into: Uint8Array, at: number, who: string): Promise<void> {
  const bytes = await found(who, readFully(file, into, at));
  if (bytes < into.length) throw corrupt(who, `it ends at byte ${at + bytes}, ${at + into.length} were to be read`);
}

async function found<T>(who: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw failure("FILE_NOT_FOUND", who, "cannot be read", cause);
  }
}

function checkPath(who: string, path: string): void {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return;
  throw refused(who, "path", path, "a text that is not empty and has no zero character");
}

function failure(code: "FILE_UNWRITABLE" | "FILE_NOT_FOUND", who: string, what: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const facts = { system: codeOf(cause) };
  return new SluiceError({
    code,
    who,
    what: `${what}: ${reason}`,
    fix: "Check that the folder exists and what rights it gives",
    facts,
    cause,
  });
}
