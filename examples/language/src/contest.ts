// All contenders on the same pieces of the test, none of which any of them was fitted or tuned by.
import type { Backend } from "@sluice/core";
import { padSequences } from "@sluice/data";
import type { Model } from "@sluice/nn";
import type { Alphabet } from "./data/alphabet.ts";
import type { Declaration } from "./data/declarations.ts";
import { textsOf, type Part } from "./data/parts.ts";
import { lengths, piecesOf, type Length, type Piece } from "./data/pieces.ts";
import { judged, likeliest, type Judged } from "./judging.ts";
import { counted, naiveBayes, type NaiveBayesOptions } from "./naiveBayes.ts";

export interface Pieces {
  readonly length: Length;
  readonly pieces: readonly Piece[];
}

/** By length; where no article is as long there are none. */
export function allPieces(declarations: readonly Declaration[], part: Part): readonly Pieces[] {
  return lengths.map((length) => ({ length, pieces: piecesOf(declarations, part, length) })).filter(({ pieces }) => pieces.length > 0);
}

/** The best of these by the validation pieces of all lengths, of equals the first. */
const orders = [3, 4, 5] as const;
const alphas = [0.01, 0.03, 0.1, 0.3] as const;

export interface Tuned extends NaiveBayesOptions {
  /** Mean of the accuracies by length. */
  readonly accuracy: number;
}

/** Every order with every α: naive Bayes is tuned as hard as anything here. */
export function tuned(declarations: readonly Declaration[]): readonly Tuned[] {
  const texts = declarations.map((declaration) => textsOf(declaration, "train"));
  const held = allPieces(declarations, "validation");
  return orders.flatMap((order) => {
    const counts = counted(texts, order);
    return alphas.map((alpha) => {
      const all = judgedByBayes(naiveBayes(counts, { order, alpha }), held);
      return { order, alpha, accuracy: all.reduce((sum, { accuracy }) => sum + accuracy / all.length, 0) };
    });
  });
}

export function bayesOf(declarations: readonly Declaration[], options: NaiveBayesOptions): (text: string) => Float64Array {
  return naiveBayes(
    counted(
      declarations.map((declaration) => textsOf(declaration, "train")),
      options.order,
    ),
    options,
  );
}

export function judgedByBayes(scores: (text: string) => Float64Array, all: readonly Pieces[]): readonly Judged[] {
  return all.map(({ length, pieces }) =>
    judged(
      length,
      pieces,
      pieces.map(({ text }) => likeliest(scores(text))),
    ),
  );
}

/** `model` says the language after so many characters. */
export async function judgedByModel(
  model: (steps: number) => Model,
  { backend, alphabet }: { readonly backend: Backend; readonly alphabet: Alphabet },
  all: readonly Pieces[],
): Promise<readonly Judged[]> {
  const results: Judged[] = [];
  for (const { length, pieces } of all) {
    const trainer = await model(length).compile({ backend });
    try {
      const { x } = padSequences(
        pieces.map(({ text }) => alphabet.encode(text)),
        { maxLength: length },
      );
      const { data, shape } = await trainer.predict(x, { batchSize: 64 });
      const languages = shape[1] ?? 0;
      const predicted = pieces.map((_, row) => likeliest(data.subarray(row * languages, (row + 1) * languages)));
      results.push(judged(length, pieces, predicted));
    } finally {
      trainer.dispose();
    }
  }
  return results;
}
