// Vocabularies: what was encoded comes back, the order is by frequency and code point, and JSON keeps them.
import fc from "fast-check";
import { expect, test } from "vitest";
import { characterVocabulary, vocabularyOf, wordVocabulary, type Vocabulary } from "../index.ts";

const text = fc.string({ unit: "binary", maxLength: 20 });
const kept = (vocabulary: Vocabulary) => vocabularyOf(JSON.parse(JSON.stringify(vocabulary)) as Vocabulary);

test("what was encoded comes back, whatever Unicode it is of, also after JSON", () => {
  const options = fc.record({
    unit: fc.constantFrom("codePoint", "grapheme"),
    start: fc.boolean(),
    end: fc.boolean(),
    padding: fc.boolean(),
  } as const);
  fc.assert(
    fc.property(fc.array(text, { minLength: 1 }), options, (texts, given) => {
      fc.pre(texts.some((one) => one !== ""));
      const vocabulary = characterVocabulary(texts, given),
        again = kept(vocabulary);
      for (const one of texts) {
        const indices = again.encode(one);
        expect(indices).toEqual(vocabulary.encode(one));
        expect(again.decode(indices)).toBe(one);
      }
    }),
  );
});

test("tokens stand from the most frequent to the seldomest, of equals by code point, behind the special ones", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "\u{1F600}", "\uFFFD"), maxLength: 8 }), { minLength: 1 }),
      (texts) => {
        fc.pre(texts.some((one) => one !== ""));
        const { tokens } = characterVocabulary(texts, { start: "<" });
        expect(tokens.slice(0, 3)).toEqual(["[PAD]", "[UNK]", "<"]);
        const all = Array.from(texts.join("")),
          times = (token: string) => all.filter((one) => one === token).length;
        const ordinary = tokens.slice(3);
        expect(new Set(ordinary)).toEqual(new Set(all));
        for (const [i, token] of ordinary.slice(1).entries()) {
          const before = ordinary[i] ?? "";
          expect(times(before) > times(token) || (times(before) === times(token) && before.codePointAt(0)! < token.codePointAt(0)!)).toBe(
            true,
          );
        }
      },
    ),
  );
});

test("maxTokens counts the special ones too, as in Keras, and minCount leaves out what is seldom", () => {
  expect(characterVocabulary(["aaabbc"], { maxTokens: 4 }).tokens).toEqual(["[PAD]", "[UNK]", "a", "b"]);
  expect(characterVocabulary(["aaabbc"], { minCount: 2, padding: false, unknown: "?" }).tokens).toEqual(["?", "a", "b"]);
  expect(characterVocabulary(["aA"], { lowercase: true }).tokens).toEqual(["[PAD]", "[UNK]", "a"]);
  expect(characterVocabulary(["aA"], { lowercase: true }).encode("A")).toEqual(Int32Array.of(2));
});

test("what is unknown has an index of its own, or is refused by its place", () => {
  const vocabulary = characterVocabulary(["abc"], { start: true, end: true });
  expect(vocabulary.indices).toEqual({ padding: 0, unknown: 1, start: 2, end: 3 });
  expect([...vocabulary.encode("axb")]).toEqual([2, 4, 1, 5, 3]);
  expect([...vocabulary.encode("ab", { start: false, end: false })]).toEqual([4, 5]);
  expect(vocabulary.decode([2, 4, 1, 5, 3, 4, 0])).toBe("a[UNK]b");
  expect(vocabulary.indexOf("x")).toBe(1);
  const strict = wordVocabulary(["sun rain"], { unknown: false });
  expect(() => strict.encode("sun rains")).toThrow(/"rains", token 1, is not in the vocabulary.*Did you mean rain/);
  expect(() => strict.indexOf("snow")).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(() => vocabulary.decode([7])).toThrow(expect.objectContaining({ code: "INDEX_OUT_OF_RANGE" }));
  expect(() => vocabulary.decode([-1])).toThrow(/indices\[0\] is -1/);
});

test("a text that is spelt as a special token is none", () => {
  const vocabulary = characterVocabulary(["?a?"], { unknown: "?" });
  expect(vocabulary.tokens).toEqual(["[PAD]", "?", "?", "a"]);
  expect([...vocabulary.encode("?x")]).toEqual([2, 1]);
});

test("words are runs of letters, marks and digits with apostrophes in them; other characters are tokens by themselves", () => {
  const vocabulary = wordVocabulary(["Don't stop, 7-up! naïve Ünïcode’s"], { padding: false, unknown: false });
  const wanted = ["Don't", "stop", ",", "7", "-", "up", "!", "naïve", "Ünïcode’s"];
  expect(new Set(vocabulary.tokens)).toEqual(new Set(wanted));
  expect(vocabulary.decode(vocabulary.encode("Don't  stop,\n7-up!"))).toBe("Don't stop , 7 - up !");
  expect(kept(vocabulary)).toMatchObject({ kind: "words", by: "word", tokens: vocabulary.tokens });
});

test("a segmenter finds words where there are no spaces between them", () => {
  const vocabulary = wordVocabulary(["こんにちは世界。世界"], { segmenter: "ja" });
  expect(vocabulary.tokens[2]).toBe("世界");
  expect(vocabulary.encode("世界")).toEqual(Int32Array.of(2));
  expect(kept(vocabulary).encode("世界。")).toEqual(vocabulary.encode("世界。"));
});

test.each<[string, () => unknown, string]>([
  ["one text", () => characterVocabulary("abc" as never), "INVALID_ARGUMENT"],
  ["numbers", () => characterVocabulary([1] as never), "INVALID_ARGUMENT"],
  ["no text", () => characterVocabulary([]), "EMPTY_DATA"],
  ["empty texts", () => wordVocabulary(["", "  "]), "EMPTY_DATA"],
  ["a count that nothing has", () => characterVocabulary(["abc"], { minCount: 2 }), "EMPTY_DATA"],
  ["room for special tokens alone", () => characterVocabulary(["a"], { maxTokens: 2 }), "INVALID_ARGUMENT"],
  ["two special tokens of one name", () => characterVocabulary(["a"], { start: "x", end: "x" }), "INVALID_ARGUMENT"],
  ["a misspelt option", () => characterVocabulary(["a"], { unkown: true } as never), "INVALID_ARGUMENT"],
  ["no locale", () => wordVocabulary(["a"], { segmenter: "not a locale" }), "INVALID_ARGUMENT"],
  ["no text to encode", () => characterVocabulary(["a"]).encode(3 as never), "INVALID_ARGUMENT"],
  ["a place as options, as map gives it", () => ["a"].map(characterVocabulary(["a"]).encode as never), "INVALID_ARGUMENT"],
  ["a record that is none", () => vocabularyOf({ kind: "letters" } as never), "INVALID_ARGUMENT"],
  [
    "tokens twice",
    () => vocabularyOf({ kind: "words", by: "word", lowercase: false, tokens: ["a", "a"], special: [] }),
    "INVALID_ARGUMENT",
  ],
])("%s: refused", (_, attempt, code) => {
  expect(attempt).toThrow(expect.objectContaining({ code }));
});
