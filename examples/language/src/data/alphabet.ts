// What a network reads at each character: the character and those before it, as one index, as far as training has seen them together.
export interface AlphabetRecord {
  /** N-grams of 1 … `order` characters, by index; 0 is padding, 1 what nobody knows. */
  readonly grams: readonly string[];
  readonly order: number;
}

export interface Alphabet {
  readonly record: AlphabetRecord;
  /** One more than the largest index. */
  readonly size: number;
  /** An index for each character: of the longest known n-gram that ends with it and has at most `reach(at)` characters, by default `order`. In front of a text there is a space. */
  encode(text: string, reach?: (at: number) => number): Int32Array;
}

export const [padding, unknown] = [0, 1];

/** The n-grams that come at least `minCount` times in texts, ordered by code point. */
export function alphabetFrom(
  texts: readonly string[],
  { order, minCount }: { readonly order: number; readonly minCount: number },
): Alphabet {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const characters = [" ", ...text];
    for (let end = 1; end <= characters.length; end++)
      for (let n = 1; n <= Math.min(order, end); n++) {
        const gram = characters.slice(end - n, end).join("");
        counts.set(gram, (counts.get(gram) ?? 0) + 1);
      }
  }
  const grams = [...counts].flatMap(([gram, count]) => (count >= minCount ? [gram] : [])).toSorted();
  return alphabetOf({ grams, order });
}

export function alphabetOf(record: AlphabetRecord): Alphabet {
  const { grams, order } = record;
  const indices = new Map(grams.map((gram, i) => [gram, i + 2]));
  return {
    record,
    size: grams.length + 2,
    encode(text, reach = () => order) {
      const characters = [" ", ...text];
      return Int32Array.from(characters.slice(1), (_, at) => {
        for (let n = Math.min(reach(at), at + 2); n > 0; n--) {
          const index = indices.get(characters.slice(at + 2 - n, at + 2).join(""));
          if (index !== undefined) return index;
        }
        return unknown;
      });
    },
  };
}
