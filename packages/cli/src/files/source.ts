// A file that the user named: its bytes, and where others lie beside it.
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import { SluiceError } from "@sluice/core";
import { kindOf, type Kind } from "./kindOf.ts";

export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly kind: Kind;
  /** A file that this one names. Throws FILE_FOREIGN for a path that leads out of its folder. */
  beside(name: string): Promise<Uint8Array>;
  /** The path of such a file. */
  pathOf(name: string): string;
}

/** Throws FILE_NOT_FOUND, with the system's code in `facts.system`, and FILE_FOREIGN for what is no file that is known. */
export async function openSource(path: string): Promise<SourceFile> {
  const bytes = await contents(path);
  const pathOf = (name: string): string => join(dirname(path), inside(path, name));
  return { path, bytes, kind: kindOf(bytes, path), pathOf, beside: async (name) => contents(pathOf(name)) };
}

export async function contents(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException; // of the file system
    const what = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : message;
    const fix = code === "EISDIR" ? "Of TensorFlow.js name the model.json in it" : undefined;
    throw new SluiceError({ code: "FILE_NOT_FOUND", who: path, what, ...(fix !== undefined && { fix }), facts: { system: code }, cause });
  }
}

function inside(path: string, name: string): string {
  const plain = normalize(name);
  if (plain !== "" && !isAbsolute(plain) && plain.split(sep)[0] !== ".." && !plain.includes("\0")) return plain;
  throw new SluiceError({ code: "FILE_FOREIGN", who: path, what: `it names a file outside of its folder, ${JSON.stringify(name)}` });
}
