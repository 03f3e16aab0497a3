// The translator as files: its network, and the characters that it knows.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError, type Backend } from "@sluice/core";
import { vocabularyOf, type VocabularyRecord } from "@sluice/data";
import { writeWhole } from "@sluice/example-common";
import { loadModel, saveModel } from "@sluice/nn/node";
import type { Vocabularies } from "./pairs.ts";
import type { Translator, Writer } from "./translator.ts";

export const filesOf = (folder: string) => ({
  model: join(folder, "translator.safetensors"),
  vocabularies: join(folder, "vocabularies.json"),
});

export async function save(folder: string, trainer: Translator, vocabularies: Vocabularies): Promise<void> {
  const files = filesOf(folder);
  await saveModel(files.model, trainer);
  await writeWhole(files.vocabularies, `${JSON.stringify(vocabularies)}\n`);
}

/** The caller disposes the trainer. Throws FILE_NOT_FOUND where nothing has been trained, and what `loadModel` and `vocabularyOf` throw. */
export async function load(folder: string, backend: Backend): Promise<{ readonly trainer: Writer; readonly vocabularies: Vocabularies }> {
  const files = filesOf(folder);
  const { source, target } = parsed(await textOf(files.vocabularies), files.vocabularies) as Record<"source" | "target", VocabularyRecord>; // which vocabularyOf checks
  const model = await loadModel<"source" | "target", "next" | "alignment">(files.model);
  return {
    trainer: await model.compile({ backend }),
    vocabularies: { source: vocabularyOf(source), target: vocabularyOf(target) },
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new SluiceError({
      ...{ code: "FILE_NOT_FOUND", who: "translate", what: `cannot read ${path}` },
      ...{ fix: "Train it first, by npm run example dates, or say where it is with --out", facts: { path }, cause },
    });
  }
}

function parsed(text: string, path: string): { readonly source: unknown; readonly target: unknown } {
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found === "object" && found !== null && "source" in found && "target" in found) return found;
  } catch {
    // told below
  }
  throw new SluiceError({ code: "FILE_CORRUPT", who: "translate", what: `${path} holds no vocabularies`, facts: { path } });
}
