// Choosing the next token by a model's scores: the largest, or drawn, by whichever of the usual rules.
import type { Random } from "@sluice/core";
import { nonNegative, positive, rate, size } from "@sluice/core/arguments";
import { optional, preset, type Table } from "../options/table.ts";
import { noNumbers } from "./logSoftmax.ts";

/** How tokens are drawn. Rules hold in the order in which they stand here. */
export interface Sampling {
  /**
   * Above 1, scores of tokens that the row has already are divided by it where they are positive and multiplied otherwise
   * (Keskar et al. 2019, CTRL). Default 1.
   */
  readonly repetitionPenalty?: number;
  /** Scores are divided by it; 0 takes the largest. Default 1. */
  readonly temperature?: number;
  /** Only of so many of the likeliest (Fan et al. 2018). Default all. */
  readonly topK?: number;
  /** Only of the likeliest that have so much of the probability together, at least one (Holtzman et al. 2020). Default 1. */
  readonly topP?: number;
}

export const samplingTable = {
  repetitionPenalty: preset(positive, 1),
  temperature: preset(nonNegative, 1),
  topK: optional(size),
  topP: preset(rate, 1),
} satisfies Table<Sampling>;

export interface Rules {
  readonly repetitionPenalty: number;
  readonly temperature: number;
  readonly topK: number | undefined;
  readonly topP: number;
}

/** Throws NOT_FINITE for NaN, +∞, and scores of which none is above −∞. */
export function choose(who: string, scores: ArrayLike<number>, seen: ReadonlySet<number>, rules: Rules, dice: Random): number {
  const { temperature, topK = scores.length, topP } = rules;
  const penalised = Array.from(scores, (score, token) => ({
    token,
    score: penalise(score, seen.has(token) ? rules.repetitionPenalty : 1),
  }));
  const ranked = penalised.toSorted((a, b) => b.score - a.score || a.token - b.token); // of equals the first
  const [best] = ranked;
  if (best === undefined || Math.abs(best.score) === Infinity || ranked.some(({ score }) => Number.isNaN(score))) throw noNumbers(who);
  if (temperature === 0) return best.token;
  const weighed = ranked.slice(0, topK).map(({ token, score }) => ({ token, weight: weightOf(score - best.score, temperature) }));
  return drawn(nucleus(weighed, topP), dice) ?? best.token;
}

function penalise(score: number, penalty: number): number {
  return score > 0 ? score / penalty : score * penalty;
}

/** e^(distance / temperature) */
function weightOf(distance: number, temperature: number): number {
  return Math.exp(distance / temperature);
}

interface Weighted {
  readonly token: number;
  readonly weight: number;
}

/** The first that have the share together: at least one. */
function nucleus(ranked: readonly Weighted[], share: number): readonly Weighted[] {
  const wanted = share * total(ranked);
  let sum = 0;
  const end = ranked.findIndex(({ weight }) => (sum += weight) >= wanted);
  return share >= 1 || end < 0 ? ranked : ranked.slice(0, end + 1);
}

/** Undefined where rounding left the sum below what was drawn. */
function drawn(from: readonly Weighted[], dice: Random): number | undefined {
  const [share = 0] = dice.uniform(1),
    at = share * total(from);
  let sum = 0;
  return from.find(({ weight }) => (sum += weight) > at)?.token;
}

function total(weights: readonly Weighted[]): number {
  return weights.reduce((sum, { weight }) => sum + weight, 0);
}
