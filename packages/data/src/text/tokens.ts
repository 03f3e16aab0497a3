// How texts fall into tokens.

/** Letters with their marks and digits, apostrophes within them; or one other character that is no space. */
const wordOrMark = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

export type Tokenize = (text: string) => readonly string[];

/** Code points: a letter and its combining marks are several, and so are most flags. */
export const codePoints: Tokenize = (text) => Array.from(text);

/** What a reader takes for one character (Unicode Standard Annex 29, extended grapheme clusters). */
export function graphemes(): Tokenize {
  const segmenter = new Intl.Segmenter("und", { granularity: "grapheme" });
  return (text) => Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Words and marks of scripts that put spaces between words. */
export const words: Tokenize = (text) => text.match(wordOrMark) ?? [];

/** Words as the language's rules and dictionaries have them (Unicode Standard Annex 29), and marks; for Thai, Chinese and Japanese too. They may differ from engine to engine. */
export function segmented(locale: string): Tokenize {
  const segmenter = new Intl.Segmenter(locale, { granularity: "word" });
  return (text) => Array.from(segmenter.segment(text), ({ segment }) => segment).filter((segment) => segment.trim() !== "");
}
