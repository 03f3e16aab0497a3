// Which articles are learnt from, which are tuned by and which are told of: the same in all languages, so that what is tested is said in none of those learnt.
import type { Declaration } from "./declarations.ts";

export type Part = "train" | "validation" | "test";

/** 3, 8, 13, 18, 23 and 28 are the test, 5, 15 and 25 validation; all others, and the preamble, train. */
export function partOf(article: number): Part {
  if (article % 5 === 3) return "test";
  return article % 10 === 5 ? "validation" : "train";
}

/** Texts of a part, an article each. */
export function textsOf({ articles }: Declaration, part: Part): readonly string[] {
  return [...articles].flatMap(([number, text]) => (partOf(number) === part ? [text] : []));
}
