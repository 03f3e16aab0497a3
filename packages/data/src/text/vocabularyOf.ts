// A vocabulary that was kept as JSON.
import { boolean, check, oneOf, record, refused, text } from "@sluice/core/arguments";
import { listOf, nonEmpty } from "../arguments/rules.ts";
import { codePoints, graphemes, segmented, words, type Tokenize } from "./tokens.ts";
import { vocabularyOn, type Vocabulary, type VocabularyRecord } from "./vocabulary.ts";
import { locale } from "./wordVocabulary.ts";

/**
 * The vocabulary that `JSON.parse(JSON.stringify(vocabulary))` tells of.
 * Throws INVALID_ARGUMENT for what is no such record.
 */
export function vocabularyOf(given: VocabularyRecord): Vocabulary {
  const who = "vocabularyOf",
    { kind, by, lowercase, tokens, special } = record(who, given, "the record");
  check(who, "kind", kind, oneOf("characters", "words"));
  check(who, "lowercase", lowercase, boolean);
  check(who, "tokens", tokens, nonEmpty(listOf(text)));
  check(who, "special", special, listOf(oneOf("padding", "unknown", "start", "end")));
  const ordinary = tokens.slice(special.length);
  if (new Set(ordinary).size !== ordinary.length) throw refused(who, "tokens", tokens, "a list of tokens, each once");
  const tokenize = kind === "characters" ? byCharacter(who, by) : byWord(who, by);
  return vocabularyOn({ kind, by, lowercase, tokens: [...tokens], special: [...special] }, tokenize);
}

function byCharacter(who: string, by: string): Tokenize {
  check(who, "by", by, oneOf("codePoint", "grapheme"));
  return by === "grapheme" ? graphemes() : codePoints;
}

function byWord(who: string, by: string): Tokenize {
  if (by === "word") return words;
  check(who, "by", by, locale);
  return segmented(by);
}
