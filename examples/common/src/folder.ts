// The folder that results go to: claimed before any work is done, and filled with whole files only.
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SluiceError } from "@sluice/core";

/** Makes the folder and tries it. Throws FILE_UNWRITABLE where nothing can be written to it; then nothing was. */
export async function claimFolder(folder: string): Promise<void> {
  const trial = join(folder, `.trial.${process.pid}`);
  try {
    await makeFolder(folder);
    await writeFile(trial, "");
    await rm(trial);
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** Writes aside and renames: `path` holds the whole text or what it held before. Throws FILE_UNWRITABLE. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.part`;
  try {
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (cause) {
    await rm(aside, { force: true });
    throw unwritable(path, cause);
  }
}

/** With those above it. Node's own `recursive` never returns where a file system refuses with ENOENT, as /proc does. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException; // what mkdir throws
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder);
  }
}

function unwritable(path: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const fix = "Choose another folder with --out, or change what this one permits";
  return new SluiceError({
    code: "FILE_UNWRITABLE",
    who: "out",
    what: `cannot write ${path}: ${reason}`,
    fix,
    facts: { path },
    cause,
  });
}
