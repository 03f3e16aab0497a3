// A file replaced whole or not at all: written aside in the same folder, then renamed. It does not know what is in it.
import { createHash, randomBytes } from "node:crypto";
import { lstat, open, readdir, readlink, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import type { Stats } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { writeFully } from "./ranges.ts";

/** A part that nobody has written to for so long was left by a process that ended; in ms. A write that lives is never quiet for as long. */
const staleAfterMs = 15 * 60_000;
/** As many as Linux follows. */
const mostLinks = 40;

/**
 * Puts the pieces, one after the other, in the place of the file at `path`; when this resolves they are on the disk.
 *
 * Links are followed, to a file that is not there yet as well; the mode of a file that is there stays, and where it may, its owner. What an
 * earlier process left half-written is removed. Rejects with what the system says, or an Error for a path that is no regular file; the file
 * is then as it was, and nothing is left beside it.
 */
export async function replaceFile(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const target = await targetOf(path),
    folder = dirname(target);
  const before = await existing(lstat(target));
  if (before !== undefined && !before.isFile()) throw new Error(`${target} is ${kindOf(before)}, no regular file`);
  const part = join(folder, `${partPrefix(target)}${randomBytes(12).toString("hex")}.part`); // no longer than a name may be, whatever the target's is
  const file = await open(part, "wx", before === undefined ? 0o666 : 0o600); // 0o600: read by nobody who could not read the target
  try {
    try {
      await writeFully(file, pieces);
      if (before !== undefined) await takeOver(file, before);
      await file.sync();
      await removeStale(target, await file.stat());
    } finally {
      await file.close();
    }
    await rename(part, target);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined); // what failed first is what is told
    throw cause;
  }
  await syncFolder(folder);
}

/** Where the bytes are to lie, past links. */
async function targetOf(path: string): Promise<string> {
  let at = resolve(path);
  for (let links = 0; links <= mostLinks; links++) {
    const whole = await existing(realpath(at));
    if (whole !== undefined) return whole;
    const folder = await realpath(dirname(at));
    at = join(folder, basename(at));
    const found = await existing(lstat(at));
    if (found?.isSymbolicLink() !== true) return at;
    at = resolve(folder, await readlink(at)); // to a file that is not there yet
  }
  throw new Error(`there are more than ${mostLinks} links in a row`);
}

/** By the target's name, so that nobody else's parts are taken for leftovers. */
function partPrefix(target: string): string {
  return `sluice-${createHash("sha256").update(basename(target)).digest("hex").slice(0, 16)}-`;
}

/** Mode and, where the system lets us, owner. */
async function takeOver(file: FileHandle, { mode, uid, gid }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid).catch(() => undefined);
  await file.chmod(mode & 0o7777); // after the owner: a change of owner clears bits of the mode
}

/** By the clock of the file system, which made both times. */
async function removeStale(target: string, { mtimeMs: now }: Stats): Promise<void> {
  const folder = dirname(target),
    prefix = partPrefix(target);
  const names = await readdir(folder).catch(() => []); // a folder may be written to and not listed
  for (const name of names) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{24}\.part$/.test(name.slice(prefix.length))) continue;
    const part = join(folder, name);
    const found = await lstat(part).catch(() => undefined); // gone meanwhile
    if (found?.isFile() === true && now - found.mtimeMs > staleAfterMs) await rm(part, { force: true }).catch(() => undefined);
  }
}

/** Without it the old name may come back after a loss of power. Some systems cannot, and some rights do not let us: then it is theirs to keep. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  try {
    await handle?.sync();
  } catch (cause) {
    if (!["EINVAL", "ENOTSUP", "EISDIR", "EPERM", "EACCES", "EBADF"].includes(codeOf(cause))) throw cause;
  } finally {
    await handle?.close();
  }
}

/** Undefined where there is none. */
async function existing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

/** A file that is there, to be read from: neither a pipe, on which one would wait, nor a device without an end. */
export async function openRegular(path: string): Promise<{ readonly file: FileHandle; readonly length: number }> {
  const before = await stat(path); // a pipe is not even opened
  if (!before.isFile()) throw new Error(`it is ${kindOf(before)}, no regular file`);
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    return { file, length: size };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  return stats.isSymbolicLink() ? "a link" : "a device";
}

/** "ENOENT"; "" for what is no error of the system. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "";
}
