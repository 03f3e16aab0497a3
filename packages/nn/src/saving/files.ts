// Models as files. Only this file knows that there is a file system.
import { open, readFile, rename, rm } from "node:fs/promises";
import { SluiceError } from "@sluice/core";
import type { Model } from "../model/model.ts";
import type { Trainer } from "../training/trainer.ts";
import { decode, serialize, type LoadOptions, type SaveOptions } from "./serialize.ts";

/**
 * Writes what `serialize` gives to a file, which is there whole or not at all: written aside, then renamed.
 *
 * Throws FILE_UNWRITABLE, and what `serialize` throws; an older file at `path` is then as it was.
 */
export async function saveModel(path: string, source: Model | Trainer, options: SaveOptions = {}): Promise<void> {
  const bytes = await serialize(source, options);
  const aside = `${path}.${process.pid}.${counter++}.part`;
  try {
    await writeWhole(aside, bytes);
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true });
    throw failure("FILE_UNWRITABLE", `saveModel ${path}`, "cannot be written", cause);
  }
}

/** Two writes at once do not meet. */
let counter = 0;

/** On the disk, not only on its way there, when this resolves. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The model that `saveModel` wrote. Throws FILE_NOT_FOUND where there is none that can be read, and what `deserialize` throws. */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  const who = `loadModel ${path}`;
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw failure("FILE_NOT_FOUND", who, "cannot be read", cause);
  });
  return decode(bytes, options, who);
}

function failure(code: "FILE_UNWRITABLE" | "FILE_NOT_FOUND", who: string, what: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError({ code, who, what: `${what}: ${reason}`, fix: "Check that the folder exists and what rights it gives", cause });
}
