// Files of Node as sources of ranges, and pieces as files.
import { SluiceError } from "@sluice/core";
import { refused } from "@sluice/core/arguments";
import { readFully } from "@sluice/nn/kit";
import { codeOf, openRegular, replaceFile } from "@sluice/nn/kit/node";
import type { Source } from "../safetensors/source.ts";

/** An open file, which the caller closes. */
export interface OpenFile extends Source, AsyncDisposable {
  /** A second call does nothing. */
  close(): Promise<void>;
}

/**
 * A file by ranges, until it is closed. Throws INVALID_ARGUMENT for what is no path, FILE_NOT_FOUND, with the system's
 * code in `facts.system`, where there is no regular file that can be read.
 */
export async function openFile(path: string): Promise<OpenFile> {
  checkPath("openFile", path);
  const who = `openFile ${path}`;
  const { file, length } = await told("FILE_NOT_FOUND", who, "cannot be read", openRegular(path));
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= file.close());
  return {
    length,
    async read(from, to) {
      const bytes = new Uint8Array(to - from);
      return bytes.subarray(0, await told("FILE_NOT_FOUND", who, "cannot be read", readFully(file, bytes, from)));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Writes pieces one after the other to a file, which is there whole or not at all, as `saveModel` does. Throws INVALID_ARGUMENT for what is no path,
 * FILE_UNWRITABLE with the system's code in `facts.system`; an older file is then as it was.
 */
export async function saveFile(path: string, pieces: Uint8Array | readonly Uint8Array[]): Promise<void> {
  checkPath("saveFile", path);
  const isPieces = pieces instanceof Uint8Array || (Array.isArray(pieces) && pieces.every((piece) => piece instanceof Uint8Array));
  if (!isPieces) throw refused("saveFile", "the bytes", pieces, "a Uint8Array, or a list of them");
  await told(
    "FILE_UNWRITABLE",
    `saveFile ${path}`,
    "cannot be written",
    replaceFile(path, pieces instanceof Uint8Array ? [pieces] : pieces),
  );
}

function checkPath(who: string, path: unknown): void {
  if (typeof path === "string" && path !== "" && !path.includes("\0")) return;
  throw refused(who, "path", path, "a text that is not empty and has no zero character");
}

async function told<T>(code: "FILE_UNWRITABLE" | "FILE_NOT_FOUND", who: string, what: string, doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = "Check that the folder exists and what rights it gives";
    throw new SluiceError({ code, who, what: `${what}: ${reason}`, fix, facts: { system: codeOf(cause) }, cause });
  }
}
