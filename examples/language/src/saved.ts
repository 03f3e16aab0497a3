// A trained network in a folder, and what it says of a text.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SluiceError, type Backend } from "@sluice/core";
import { padSequences } from "@sluice/data";
import { writeWhole } from "@sluice/example-common";
import type { Model } from "@sluice/nn";
import { loadModel, saveModel } from "@sluice/nn/node";
import { alphabetOf, unknown, type AlphabetRecord } from "./data/alphabet.ts";
import { plain } from "./data/articles.ts";
import { longest } from "./data/pieces.ts";

/** What stands beside the model's weights. */
export interface Meaning {
  readonly alphabet: AlphabetRecord;
  /** By the model's class. */
  readonly languages: readonly { readonly code: string; readonly name: string }[];
}

const files = (folder: string) => ({ model: join(folder, "model.safetensors"), meaning: join(folder, "languages.json") });

export async function save(folder: string, backend: Backend, model: Model, meaning: Meaning): Promise<void> {
  const trainer = await model.compile({ backend });
  try {
    await saveModel(files(folder).model, trainer);
  } finally {
    trainer.dispose();
  }
  await writeWhole(files(folder).meaning, `${JSON.stringify(meaning)}\n`);
}

export interface Said {
  readonly code: string;
  readonly name: string;
  readonly probability: number;
}

/** The likeliest languages of a text, of which the first 200 characters are read. Throws EMPTY_DATA where it has none that the model knows, FILE_NOT_FOUND where none is trained. */
export async function say(folder: string, backend: Backend, text: string, most = 5): Promise<readonly Said[]> {
  const { alphabet, languages } = await meaningOf(folder);
  const indices = alphabetOf(alphabet).encode(plain(text)).slice(0, longest);
  if (!indices.some((index) => index > unknown))
    throw new SluiceError({ code: "EMPTY_DATA", who: "say", what: "the text has no character that the model knows", fix: "Say more" });
  const trainer = await (await loadModel(files(folder).model)).compile({ backend });
  try {
    const { data } = await trainer.predict(padSequences([indices], { maxLength: longest }).x);
    const largest = Math.max(...data);
    const all = data.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
    return languages
      .map((language, i) => ({ ...language, probability: Math.exp((data[i] ?? Number.NEGATIVE_INFINITY) - largest) / all }))
      .toSorted((a, b) => b.probability - a.probability)
      .slice(0, most);
  } finally {
    trainer.dispose();
  }
}

async function meaningOf(folder: string): Promise<Meaning> {
  const path = files(folder).meaning;
  try {
    return JSON.parse(await readFile(path, "utf8")) as Meaning; // as `save` wrote it
  } catch (cause) {
    const fix = "Train one first: npm run example language";
    throw new SluiceError({
      code: "FILE_NOT_FOUND",
      who: "say",
      what: `there is no trained network in ${folder}`,
      fix,
      facts: { path },
      cause,
    });
  }
}
