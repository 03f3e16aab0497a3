// Pieces of texts, each from where a word begins, cut after so many characters wherever that is.
import type { Random } from "@sluice/core";
import type { Declaration } from "./declarations.ts";
import { textsOf, type Part } from "./parts.ts";

export interface Piece {
  readonly text: string;
  /** Which of the declarations it is from. */
  readonly label: number;
}

/** Shortest and longest of what is learnt from. */
export const [shortest, longest] = [20, 200];
/** Told of each. */
export const lengths = [20, 50, 100, 200] as const;
export type Length = (typeof lengths)[number];

/** All pieces of a part that have just so many characters: one begins with the first word, and then with each first word that is 20 characters after the last. */
export function piecesOf(declarations: readonly Declaration[], part: Part, length: number): readonly Piece[] {
  return declarations.flatMap((declaration, label) =>
    textsOf(declaration, part).flatMap((text) => {
      const characters = Array.from(text);
      let next = 0;
      return wordStarts(characters).flatMap((start) => {
        if (start < next || start + length > characters.length) return [];
        next = start + shortest;
        return [{ text: characters.slice(start, start + length).join(""), label }];
      });
    }),
  );
}

/** A text to draw pieces from: its characters, and where they may begin. */
export interface Source {
  readonly label: number;
  readonly characters: readonly string[];
  /** Of pieces that have at least 20 characters. */
  readonly starts: readonly number[];
}

export function sourcesOf(declarations: readonly Declaration[], part: Part): readonly (readonly Source[])[] {
  return declarations.map((declaration, label) =>
    textsOf(declaration, part).flatMap((text) => {
      const characters = Array.from(text);
      const starts = wordStarts(characters).filter((start) => start + shortest <= characters.length);
      return starts.length === 0 ? [] : [{ label, characters, starts }];
    }),
  );
}

/** So many pieces of each language: any article as often as it has words, of 20 … 200 characters, mostly short ones: 20 · 10^u², u uniform. */
export function drawn(sources: readonly (readonly Source[])[], each: number, source: Random): readonly Piece[] {
  return sources.flatMap((own, language) => {
    const at = own.flatMap((one) => one.starts.map((start) => ({ one, start })));
    const numbers = source.child(language).uniform(2 * each);
    return Array.from({ length: each }, (_, i) => {
      const { one, start } = at[Math.floor((numbers[2 * i] ?? 0) * at.length)] ?? { one: { characters: [] }, start: 0 };
      const length = Math.round(shortest * (longest / shortest) ** ((numbers[2 * i + 1] ?? 0) ** 2));
      return { text: one.characters.slice(start, start + length).join(""), label: language };
    });
  });
}

function wordStarts(characters: readonly string[]): readonly number[] {
  return characters.flatMap((character, i) => (character !== " " && (i === 0 || characters[i - 1] === " ") ? [i] : []));
}
