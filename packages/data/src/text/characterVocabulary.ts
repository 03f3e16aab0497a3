// A vocabulary of characters.
import { oneOf } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { codePoints, graphemes } from "./tokens.ts";
import { counted, recordOf, vocabularyOn, vocabularyRules, type Vocabulary, type VocabularyOptions } from "./vocabulary.ts";

export interface CharacterVocabularyOptions extends VocabularyOptions {
  /** What a character is: a Unicode code point (default), or what a reader takes for one, a letter with its marks. */
  readonly unit?: "codePoint" | "grapheme";
}

/**
 * The characters of texts, from the most frequent to the seldomest, of equals by code point, behind the special tokens: padding, unknown, start, end, those
 * that there are, in this order. What `encode` gives of known characters `decode` gives back.
 *
 * Throws INVALID_ARGUMENT for what are no texts, EMPTY_DATA where no character is left.
 *
 * ```ts
 * const vocabulary = characterVocabulary(["banana"], { end: true });
 * vocabulary.tokens; // "[PAD]", "[UNK]", "[END]", "a", "n", "b"
 * vocabulary.encode("nab"); // 4 3 5 2
 * ```
 */
export function characterVocabulary(texts: Iterable<string>, options: CharacterVocabularyOptions = {}): Vocabulary {
  const who = "characterVocabulary",
    { unit = "codePoint", ...rest } = given(who, options, { ...vocabularyRules, unit: oneOf("codePoint", "grapheme") });
  const tokenize = unit === "grapheme" ? graphemes() : codePoints;
  return vocabularyOn(recordOf(who, counted(who, texts, tokenize, rest), rest, { kind: "characters", by: unit }), tokenize);
}
