// Samples as the model reads them: characters as indices, filled up to one length.
import { characterVocabulary, padSequences, type Vocabulary } from "@sluice/data";
import type { Data } from "@sluice/nn";
import type { Sample } from "./samples.ts";

export interface Vocabularies {
  /** Of what is read. */
  readonly source: Vocabulary;
  /** Of dates: digits and the dash, with a start and an end. */
  readonly target: Vocabulary;
}

/** Of the characters of training; what else there may be is one token, "unknown". */
export function vocabulariesOf(training: readonly Sample[]): Vocabularies {
  return {
    source: characterVocabulary(training.map(({ text }) => text)),
    target: characterVocabulary(["0123456789-"], { unknown: false, start: true, end: true }),
  };
}

/** What there is to learn from, and how many characters each text has. The decoder reads the right date, one behind what it is to say (teacher forcing). */
export function pairsOf(samples: readonly Sample[], { source, target }: Vocabularies) {
  const texts = padSequences(samples.map(({ text }) => source.encode(text)));
  const dates = samples.map(({ iso }) => target.encode(iso));
  const read = padSequences(dates.map((date) => date.slice(0, -1)));
  const said = padSequences(dates.map((date) => date.slice(1)));
  const x = { source: texts.x, target: read.x };
  const lengths = { source: texts.lengths };
  return { x, y: { next: said.x }, lengths } satisfies Data<"source" | "target", "next">;
}
