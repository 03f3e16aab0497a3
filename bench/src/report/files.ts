// Reports as files: claimed before any work is done, written whole or not at all.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type ErrorCode, SluiceError } from "@sluice/core";
import { format, type Run } from "../measure/run.ts";

/** Makes the folder and tries to write beside `path`, which it leaves as it is. Throws FILE_UNWRITABLE. */
export async function claim(path: string, flag: string): Promise<void> {
  const trial = asideOf(path);
  await writing(path, flag, async () => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(trial, "");
    await rm(trial);
  });
}

/** Writes aside and renames: the file holds the whole report or what it held before. Throws FILE_UNWRITABLE. */
export async function writeWhole(path: string, text: string, flag: string): Promise<void> {
  const aside = asideOf(path);
  await writing(path, flag, async () => {
    await writeFile(aside, text);
    await rename(aside, path);
  });
}

/** Six digits of a sample are more than any clock tells. */
export function asJson(run: Run): string {
  const brief = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(run, brief)}\n`;
}

/** A run that `--json` wrote. Throws FILE_NOT_FOUND, FILE_CORRUPT where it is no JSON, FILE_FOREIGN where it is no such run. */
export async function readRun(path: string): Promise<Run> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw unreadable("FILE_NOT_FOUND", path, "cannot be read", cause);
  });
  const run = parsed(text, path);
  if (typeof run === "object" && run !== null && "format" in run && run.format === format && "results" in run) return run as Run; // by its format
  throw unreadable("FILE_FOREIGN", path, `is no run of format ${format}`);
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable("FILE_CORRUPT", path, "is not whole", cause);
  }
}

function asideOf(path: string): string {
  return `${path}.${process.pid}.part`;
}

async function writing(path: string, flag: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    await rm(asideOf(path), { force: true }).catch(() => {}); // there may be no such place at all
    throw new SluiceError({
      code: "FILE_UNWRITABLE",
      who: "bench.files",
      what: `cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: `Choose another file with ${flag}`,
      facts: { path },
      cause,
    });
  }
}

function unreadable(code: ErrorCode, path: string, what: string, cause?: unknown): SluiceError {
  const because = cause instanceof Error ? `: ${cause.message}` : "";
  const fix = "Name a file that npm run bench -- --json FILE wrote";
  return new SluiceError({ code, who: "bench.files", what: `${path} ${what}${because}`, fix, facts: { path }, cause });
}
