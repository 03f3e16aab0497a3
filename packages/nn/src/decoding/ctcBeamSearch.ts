// The likeliest labels, as far as a few beginnings at a time can find them (prefix search: Graves et al. 2006, section 3.2; by beams: Hannun et al. 2014).
import { boolean, size } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { scoresIn, scoresTable, type CtcScores } from "./ctcScores.ts";
import { logSoftmax } from "./logSoftmax.ts";

export interface CtcBeamOptions extends CtcScores {
  /** Beginnings that are followed at a time; at least 1, default 100. */
  readonly beams?: number;
  /** Whether scores are logits, of any size, and not probabilities. Default false. */
  readonly fromLogits?: boolean;
}

export const ctcBeamTable = {
  ...scoresTable,
  beams: preset(size, 100),
  fromLogits: preset(boolean, false),
} satisfies Table<CtcBeamOptions>;

export interface CtcHypothesis {
  readonly labels: readonly number[];
  /** Its log probability, over the alignments that were followed. */
  readonly score: number;
}

/** A beginning, and log p of its alignments so far: of those that end with a blank, and of those with its last label. */
interface Prefix {
  readonly labels: readonly number[];
  blank: number;
  label: number;
}

/**
 * Of each sample the best `beams` sequences of labels, or as many as there are, the best first; of equal ones the first found.
 *
 * With as many beams as there are sequences their scores are exact: −`ctc`. As Keras's `ctc_decode` with strategy "beam_search", but from probabilities unless
 * `fromLogits`. Throws as `ctcGreedy`, and INDEX_OUT_OF_RANGE for a probability below 0.
 */
export function ctcBeamSearch(options: CtcBeamOptions): readonly (readonly CtcHypothesis[])[] {
  const who = "ctcBeamSearch",
    { beams, fromLogits, ...rest } = optionsOf(who, ctcBeamTable, options);
  const logsOf = (scores: Float64Array): Float64Array => (fromLogits ? logSoftmax(who, scores) : scores.map(Math.log));
  return scoresIn(who, rest, fromLogits ? -Infinity : 0).map((steps) => {
    let prefixes: readonly Prefix[] = [{ labels: [], blank: 0, label: -Infinity }];
    for (const scores of steps) prefixes = best(extended(prefixes, logsOf(scores), rest.blank), beams);
    return prefixes.map((prefix) => ({ labels: prefix.labels, score: total(prefix) })).filter(({ score }) => score > -Infinity);
  });
}

/** All that they may be after one more step. */
function extended(prefixes: readonly Prefix[], logs: Float64Array, blank: number): readonly Prefix[] {
  const next = new Map<string, Prefix>();
  const at = (labels: readonly number[]): Prefix => {
    const key = labels.join();
    const found = next.get(key) ?? { labels, blank: -Infinity, label: -Infinity };
    next.set(key, found);
    return found;
  };
  for (const prefix of prefixes) {
    const last = prefix.labels.at(-1),
      stay = at(prefix.labels);
    logs.forEach((log, label) => {
      if (label === blank) stay.blank = plus(stay.blank, total(prefix) + log);
      else {
        const longer = at([...prefix.labels, label]);
        longer.label = plus(longer.label, (label === last ? prefix.blank : total(prefix)) + log);
        if (label === last) stay.label = plus(stay.label, prefix.label + log);
      }
    });
  }
  return [...next.values()];
}

function best(prefixes: readonly Prefix[], most: number): readonly Prefix[] {
  return prefixes.toSorted((a, b) => total(b) - total(a) || 0).slice(0, most); // −∞ − −∞ is NaN
}

function total({ blank, label }: Prefix): number {
  return plus(blank, label);
}

/** log(eᵃ + eᵇ) */
function plus(a: number, b: number): number {
  const [less, more] = a < b ? [a, b] : [b, a];
  return less === -Infinity ? more : more + Math.log1p(Math.exp(less - more));
}
