// How often a contender is right, by length, and whether it is better than another by more than chance among languages.
import type { Piece, Length } from "./data/pieces.ts";

/** What one says of pieces of one length. */
export interface Judged {
  readonly length: Length;
  readonly pieces: number;
  /** Share of the pieces. */
  readonly accuracy: number;
  /** The language that each piece was taken for. */
  readonly predicted: readonly number[];
}

export function judged(length: Length, pieces: readonly Piece[], predicted: readonly number[]): Judged {
  const right = pieces.filter(({ label }, i) => predicted[i] === label).length;
  return { length, pieces: pieces.length, accuracy: right / pieces.length, predicted };
}

/** The likeliest class, of equals the first. */
export function likeliest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] ?? 0) > (scores[best] ?? 0)) best = i;
  return best;
}

export interface Difference {
  /** Accuracy of the first less that of the second, in the mean over languages. */
  readonly mean: number;
  /** 1.96 standard errors of it, languages taken as drawn from many: pieces of one declaration overlap and are no independent trials. */
  readonly margin: number;
  /** Whether it is larger than its margin, and whose it is. */
  readonly verdict: "better" | "worse" | "no different";
}

export function difference(pieces: readonly Piece[], first: Judged, second: Judged): Difference {
  const sums = new Map<number, { all: number; more: number }>();
  for (const [i, { label }] of pieces.entries()) {
    const own = sums.get(label) ?? { all: 0, more: 0 };
    own.all++;
    own.more += Number(first.predicted[i] === label) - Number(second.predicted[i] === label);
    sums.set(label, own);
  }
  const shares = [...sums.values()].map(({ all, more }) => more / all);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, shares.length - 1);
  const margin = 1.96 * Math.sqrt(variance / shares.length);
  return { mean, margin, verdict: Math.abs(mean) <= margin ? "no different" : mean > 0 ? "better" : "worse" };
}
