// A vocabulary of words and marks.
import { refused, type Rule } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { segmented, words } from "./tokens.ts";
import { counted, recordOf, vocabularyOn, vocabularyRules, type Vocabulary, type VocabularyOptions } from "./vocabulary.ts";

export interface WordVocabularyOptions extends VocabularyOptions {
  /** Words by `Intl.Segmenter` of this locale, "th" or "ja", instead of by spaces and marks. */
  readonly segmenter?: string;
}

/** One that `Intl` knows how to read. */
export const locale: Rule<string> = {
  expected: 'a locale, as "de" or "zh-Hant"',
  accepts: (value): value is string => {
    try {
      return typeof value === "string" && Intl.Segmenter.supportedLocalesOf([value]).length > 0;
    } catch {
      return false;
    }
  },
};

/**
 * The words and marks of texts, ordered and with special tokens as in `characterVocabulary`.
 *
 * A word is a run of letters, combining marks and digits, with apostrophes (' and ’) between them; every other character that is no space is a token by
 * itself: "Don't stop, 7-up!" → Don't · stop · , · 7 · - · up · !. With a segmenter words are those of the language's own rules.
 * Throws INVALID_ARGUMENT for what are no texts and for an unknown locale, EMPTY_DATA where no word is left.
 */
export function wordVocabulary(texts: Iterable<string>, options: WordVocabularyOptions = {}): Vocabulary {
  const who = "wordVocabulary",
    { segmenter, ...rest } = given(who, options, { ...vocabularyRules, segmenter: locale });
  if (segmenter === "word") throw refused(who, "segmenter", segmenter, locale.expected);
  const tokenize = segmenter === undefined ? words : segmented(segmenter);
  return vocabularyOn(recordOf(who, counted(who, texts, tokenize, rest), rest, { kind: "words", by: segmenter ?? "word" }), tokenize);
}
