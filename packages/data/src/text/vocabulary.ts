// Tokens and their indices, both ways.
import { SluiceError } from "@sluice/core";
import { boolean, check, meant, refused, show, size, text, type Rule } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import type { Tokenize } from "./tokens.ts";

/** Whether there is such a token; a text says what it is called. */
export type Special = boolean | string;

export interface VocabularyOptions {
  /** Most tokens, the special ones among them: the seldomest are left out. Default all. */
  readonly maxTokens?: number;
  /** Leaves out what comes less often. Default 1. */
  readonly minCount?: number;
  /** "[PAD]", index 0: stands for nothing, as `maskIndex: 0` has it. Default true. */
  readonly padding?: Special;
  /** "[UNK]": stands for whatever is not in the vocabulary; without it that is refused. Default true. */
  readonly unknown?: Special;
  /** "[START]": in front of what `encode` gives. Default false. */
  readonly start?: Special;
  /** "[END]": behind it. Default false. */
  readonly end?: Special;
  /** Texts become lower case first. Default false. */
  readonly lowercase?: boolean;
}

const special: Rule<Special> = {
  expected: "true, false or what the token is called",
  accepts: (value): value is Special => boolean.accepts(value) || (text.accepts(value) && value !== ""),
};

export const vocabularyRules = {
  ...{ maxTokens: size, minCount: size, padding: special, unknown: special, start: special, end: special },
  lowercase: boolean,
};

const names = { padding: "[PAD]", unknown: "[UNK]", start: "[START]", end: "[END]" } as const;
type SpecialName = keyof typeof names;
const specialNames = Object.keys(names) as readonly SpecialName[]; // of the literal above

/** A vocabulary as JSON holds it: everything that `encode` and `decode` come from. */
export interface VocabularyRecord {
  readonly kind: "characters" | "words";
  /** How texts fall into tokens: "codePoint", "grapheme", "word", or the locale of a segmenter. */
  readonly by: string;
  readonly lowercase: boolean;
  /** By index; the special ones first. */
  readonly tokens: readonly string[];
  /** Which of the first are special, in order. */
  readonly special: readonly SpecialName[];
}

export interface EncodeOptions {
  /** Whether the token goes in front, where the vocabulary has one. Default true. */
  readonly start?: boolean;
  /** Likewise behind. Default true. */
  readonly end?: boolean;
}

export interface Vocabulary extends VocabularyRecord {
  /** How many tokens: `inputDim` of an embedding, `units` of an output. */
  readonly size: number;
  /** Indices of special tokens that there are. */
  readonly indices: Readonly<Partial<Record<SpecialName, number>>>;
  /** The index of a token. Of one that there is not that of `unknown`, or INVALID_ARGUMENT where there is none. */
  indexOf(token: string): number;
  /** The indices of a text's tokens. Throws INVALID_ARGUMENT for what is no text, and for an unknown token where none stands for it. */
  encode(text: string, options?: EncodeOptions): Int32Array;
  /**
   * The text of indices, up to the first `end`, without other special tokens but `unknown`. Characters stand as they are, so that it is what was encoded;
   * between words there is one space, whatever there was.
   * Throws INDEX_OUT_OF_RANGE for an index that there is not.
   */
  decode(indices: ArrayLike<number>): string;
  toJSON(): VocabularyRecord;
}

/** Tokens from the most frequent to the seldomest, of equally frequent ones by code point. */
export function counted(
  who: string,
  texts: Iterable<string>,
  tokenize: Tokenize,
  { lowercase = false, minCount = 1 }: VocabularyOptions,
): readonly string[] {
  const counts = new Map<string, number>();
  let place = 0;
  for (const one of listed(who, texts)) {
    check(who, `texts[${place++}]`, one, text);
    for (const token of tokenize(lowercase ? one.toLowerCase() : one)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const kept = [...counts].filter(([, count]) => count >= minCount);
  if (kept.length === 0)
    throw new SluiceError({
      code: "EMPTY_DATA",
      who,
      what: `${place} texts hold no token that comes ${minCount} times`,
      facts: { texts: place, minCount },
    });
  return kept.sort(([a, n], [b, m]) => m - n || byCodePoint(a, b)).map(([token]) => token);
}

function listed(who: string, texts: Iterable<string>): Iterable<string> {
  const value: unknown = texts;
  if (typeof value === "object" && value !== null && Symbol.iterator in value) return texts;
  throw refused(who, "texts", texts, "a list of texts", [], typeof value === "string" ? "Put it in a list: [text]" : undefined);
}

/** UTF-16 puts what lies beyond the basic plane before some that does not. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (const [i, one] of left.entries()) {
    const difference = (one.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Special tokens first, then as many of the others as there is room for. Throws INVALID_ARGUMENT where there is room for none. */
export function recordOf(
  who: string,
  ordinary: readonly string[],
  options: VocabularyOptions,
  how: Pick<VocabularyRecord, "kind" | "by">,
): VocabularyRecord {
  const asked = { padding: true, unknown: true, start: false, end: false, ...options };
  const there = specialNames.filter((name) => asked[name] !== false),
    called = there.map((name) => (typeof asked[name] === "string" ? asked[name] : names[name]));
  if (new Set(called).size !== called.length) throw refused(who, "special tokens", called, "called each by a name of its own");
  const room = (options.maxTokens ?? Infinity) - called.length;
  if (room < 1) throw refused(who, "maxTokens", options.maxTokens, `more than the ${called.length} special tokens`);
  return { ...how, lowercase: options.lowercase ?? false, tokens: [...called, ...ordinary.slice(0, room)], special: there };
}

export function vocabularyOn(record: VocabularyRecord, tokenize: Tokenize): Vocabulary {
  const { kind, lowercase, tokens, special: there } = record;
  const places = new Map(tokens.slice(there.length).map((token, i) => [token, i + there.length]));
  const indices = Object.fromEntries(there.map((name, i) => [name, i])) as Partial<Record<SpecialName, number>>; // by their names
  const find = (who: string, token: string, place?: number): number => {
    const found = places.get(token) ?? indices.unknown;
    if (found === undefined) throw unknownToken(who, token, place, kind === "words" ? [...places.keys()] : []);
    return found;
  };
  return {
    ...record,
    size: tokens.length,
    indices,
    indexOf: (token) => find("vocabulary.indexOf", token),
    encode(one, options = {}) {
      const who = "vocabulary.encode";
      check(who, "text", one, text);
      const { start = true, end = true } = given(who, options, { start: boolean, end: boolean });
      const own = tokenize(lowercase ? one.toLowerCase() : one).map((token, i) => find(who, token, i));
      return Int32Array.from([...(start ? [indices.start ?? []] : []), own, ...(end ? [indices.end ?? []] : [])].flat());
    },
    decode(given_) {
      const read: string[] = [];
      for (let i = 0; i < given_.length; i++) {
        const index = given_[i] ?? NaN,
          token = tokens[index];
        if (token === undefined) throw noToken(index, i, tokens.length);
        if (index === indices.end) break;
        if (index >= there.length || index === indices.unknown) read.push(token);
      }
      return read.join(kind === "words" ? " " : "");
    },
    toJSON: () => record,
  };
}

function unknownToken(who: string, token: string, place: number | undefined, known: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${show(token)}${place === undefined ? "" : `, token ${place},`} is not in the vocabulary, and no token stands for what is unknown`,
    fix: known.length > 0 && known.length <= 1000 ? meant(token, known) : "Make the vocabulary with { unknown: true }",
    facts: { token, place },
  });
}

function noToken(index: number, place: number, count: number): SluiceError {
  return new SluiceError({
    code: "INDEX_OUT_OF_RANGE",
    who: "vocabulary.decode",
    what: `indices[${place}] is ${index}, there are ${count} tokens`,
    facts: { index, place, tokens: count },
  });
}
