// Which module each layer takes its weights from, as the user says it.
import { readFile } from "node:fs/promises";
import { SluiceError } from "@sluice/core";

/** A JSON text, or the path of a file with one. Throws INVALID_ARGUMENT for what is neither. */
export async function layersIn(given: string | undefined): Promise<Readonly<Record<string, string>>> {
  if (given === undefined) return {};
  try {
    return JSON.parse(given.trimStart().startsWith("{") ? given : await readFile(given, "utf8")) as Readonly<Record<string, string>>; // which is checked where it is used
  } catch (cause) {
    const what = `--layers takes JSON such as {"lstm":"rnn"}, or a file of it, got ${JSON.stringify(given)}`;
    throw new SluiceError({ code: "INVALID_ARGUMENT", who: "sluice", what, cause });
  }
}
