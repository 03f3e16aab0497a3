// What is to be beaten: naive Bayes over n-grams of characters (Cavnar & Trenkle 1994 classify by such n-grams, Lui & Baldwin's langid.py of 2012 by Bayes over them). Each n-gram of a
// text, of 1 to `order` characters, is taken as drawn by itself from those of its length in the language: log p = Σ log (count + α) / (all + α · kinds), all languages being as likely at first.

/** From 1 to so many characters together. */
export interface NaiveBayesOptions {
  readonly order: number;
  /** Added to each count (Lidstone); the kinds are those that any language has. */
  readonly alpha: number;
}

/** How often each language has each n-gram. */
export interface Counts {
  readonly languages: number;
  /** By length − 1: by n-gram, a count by language. */
  readonly grams: readonly ReadonlyMap<string, ReadonlyMap<number, number>>[];
  /** [length − 1][language] */
  readonly totals: readonly Float64Array[];
}

/** Of texts by language. */
export function counted(texts: readonly (readonly string[])[], order: number): Counts {
  const grams = Array.from({ length: order }, () => new Map<string, Map<number, number>>());
  const totals = grams.map(() => new Float64Array(texts.length));
  for (const [language, own] of texts.entries())
    for (const text of own)
      for (const [n, gram] of gramsOf(text, order)) {
        const all = grams[n] as Map<string, Map<number, number>>; // of 0 … order − 1
        const counts = all.get(gram) ?? new Map<number, number>();
        all.set(gram, counts.set(language, (counts.get(language) ?? 0) + 1));
        const total = totals[n] as Float64Array; // likewise
        total[language] = (total[language] ?? 0) + 1;
      }
  return { languages: texts.length, grams, totals };
}

/** text → log p(text | language) for each, up to what all have in common. */
export function naiveBayes({ languages, grams, totals }: Counts, { order, alpha }: NaiveBayesOptions): (text: string) => Float64Array {
  const unseen = grams.map((all, n) => totals[n]?.map((total) => Math.log(alpha / (total + alpha * all.size))) ?? new Float64Array());
  return (text) => {
    const scores = new Float64Array(languages);
    const many = new Uint32Array(grams.length);
    for (const [n, gram] of gramsOf(text, order)) {
      many[n] = (many[n] ?? 0) + 1;
      for (const [language, count] of grams[n]?.get(gram) ?? [])
        scores[language] = (scores[language] ?? 0) + Math.log((count + alpha) / alpha);
    }
    for (const [n, count] of many.entries())
      unseen[n]?.forEach((log, language) => (scores[language] = (scores[language] ?? 0) + count * log));
    return scores;
  };
}

/** Which length − 1, and which: with a space in front, as pieces begin with words. */
function* gramsOf(text: string, order: number): Generator<readonly [number, string]> {
  const characters = [" ", ...text];
  for (let at = 0; at < characters.length; at++)
    for (let n = 0; n < order && at + n < characters.length; n++) yield [n, characters.slice(at, at + n + 1).join("")];
}
