import { random } from "@sluice/core";
import { characterVocabulary } from "@sluice/data";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOf, compressedBits, compressorNames } from "./compression.ts";
import { discountsOf, kneserNey } from "./kneserNey.ts";
import { countNgrams } from "./ngrams.ts";

const codesOf = (text: string): Int32Array => Int32Array.from(text, (letter) => letter.charCodeAt(0) - 97);

test("bigrams of a text of nine letters are what they are by hand", () => {
  // abacabadb: ab 2, ba 2, ac 1, ca 1, ad 1, db 1 → n₁ = 4, n₂ = 2, D = 4 / 8. What comes before a: b c, b: a d, c: a, d: a → n₁ = 2, n₂ = 2, D = 2 / 6, six in all.
  const model = kneserNey(countNgrams(codesOf("abacabadb"), { order: 2, size: 5 }), { order: 2, discounts: 1 });
  expect(model.taken.map(([one]) => one)).toEqual([2 / 6, 4 / 8]);
  const spread = ((4 * 2) / 6 / 6) * (1 / 5); // four letters gave a third each, of six, to five letters
  const low = [2, 2, 1, 1, 0].map((n) => Math.max(n - 2 / 6, 0) / 6 + (4 * (2 / 6)) / 6 / 5);
  expect((4 * (2 / 6)) / 6 / 5).toBeCloseTo(spread, 15);
  // After a, which is gone on from four times, by three letters: ab 2, ac 1, ad 1.
  const after = [0, 2, 1, 1, 0].map((n, w) => Math.max(n - 0.5, 0) / 4 + ((3 * 0.5) / 4) * (low[w] ?? 0));
  model.distribution(codesOf("a")).forEach((p, w) => expect(p).toBeCloseTo(after[w] ?? 0, 15));
  model.distribution(codesOf("e")).forEach((p, w) => expect(p).toBeCloseTo(low[w] ?? 0, 15)); // e was never seen
  expect(model.bits(codesOf("ba"))).toBeCloseTo(-Math.log2((2 - 0.5) / 2 + (0.5 / 2) * (low[0] ?? 0)), 12);
});

test("discounts follow counts of counts, and fall back where these are too few", () => {
  expect(discountsOf([100, 40, 20, 10], 1)).toEqual([100 / 180, 100 / 180, 100 / 180]);
  const y = 100 / 180;
  const [one, two, more] = discountsOf([100, 40, 20, 10], 3);
  expect([one, two, more]).toEqual([1 - 2 * y * 0.4, 2 - 3 * y * 0.5, 3 - 4 * y * 0.5]);
  expect(discountsOf([0, 0, 0, 0], 3)).toEqual([0.5, 1, 1.5]);
  expect(discountsOf([3, 0, 0, 0], 1)).toEqual([0.5, 0.5, 0.5]);
});

const texts = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 60 }).map((list) => Int32Array.from(list));

test("after whatever context, probabilities are above 0 and add up to 1", () => {
  fc.assert(
    fc.property(texts, texts, fc.integer({ min: 1, max: 5 }), fc.constantFrom(1, 3), (codes, context, order, discounts) => {
      const spread = kneserNey(countNgrams(codes, { order: 5, size: 7 }), { order, discounts }).distribution(context);
      expect(spread.every((p) => p > 0)).toBe(true);
      expect(spread.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    }),
    { numRuns: 200 },
  );
});

test("n-grams are counted, and what they come after, as a plain search does", () => {
  fc.assert(
    fc.property(texts, (codes) => {
      const letters = Array.from(codes, (code) => String.fromCharCode(97 + code)).join("");
      const { nodes, child, counts, continuations } = countNgrams(codes, { order: 4, size: 6 });
      const found = new Set<string>();
      for (let n = 1; n <= 4; n++) for (let at = 0; at + n <= letters.length; at++) found.add(letters.slice(at, at + n));
      expect(nodes - 1).toBe(found.size);
      for (const gram of found) {
        const node = codesOf(gram).reduce((to, symbol) => child(to, symbol), 0);
        const places = [...letters].filter((_, at) => letters.startsWith(gram, at));
        expect(counts[node]).toBe(places.length);
        if (gram.length < 4)
          expect(continuations[node]).toBe([...found].filter((other) => other.length === gram.length + 1 && other.endsWith(gram)).length);
      }
    }),
    { numRuns: 50 },
  );
});

test("bits are those of the distributions, one after the other, and what is written follows the seed", () => {
  const model = kneserNey(countNgrams(codesOf("thequickbrownfoxjumpsoverthelazydog".repeat(3)), { order: 4, size: 26 }), {
    order: 4,
    discounts: 3,
  });
  const text = codesOf("overthequickfox");
  const each = Array.from(text.subarray(1), (symbol, i) => -Math.log2(model.distribution(text.subarray(0, i + 1))[symbol] ?? 0));
  expect(model.bits(text)).toBeCloseTo(each.reduce((sum, bits) => sum + bits, 0) / each.length, 12);
  expect(model.write(text, 30, random(1))).toEqual(model.write(text, 30, random(1)));
  expect(Math.max(...model.write(text, 300, random(2)))).toBeLessThan(26);
});

test("a text that was just read needs next to nothing, a fresh one what it needs alone", async () => {
  const vocabulary = characterVocabulary(["abc—é"], { padding: false });
  expect(Array.from(bytesOf(vocabulary.encode("a—é"), vocabulary))).toEqual([97, expect.any(Number), expect.any(Number)]);
  const text = Uint8Array.from(random("letters").uniform(4000), (unit) => 97 + Math.floor(unit * 16)); // four bits each
  const other = Uint8Array.from(random("others").uniform(4000), (unit) => 97 + Math.floor(unit * 16));
  for (const name of compressorNames) {
    expect(await compressedBits(name, text, text)).toBeLessThan(0.3);
    expect(await compressedBits(name, other, text)).toBeGreaterThan(3.9);
  }
});
