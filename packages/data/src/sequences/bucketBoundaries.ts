// At which lengths to part sequences into buckets, so that little of a batch is padding.
import { SluiceError } from "@sluice/core";
import { count, refused, size } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { listOf } from "../arguments/rules.ts";

export interface BucketOptions {
  /** Most buckets: each is compiled by itself. Default 8. */
  readonly buckets?: number;
  /** Every bucket holds at least so many sequences, so that batches are full. Default 32. */
  readonly batchSize?: number;
  /** Steps of the data, where they have more than the longest sequence. */
  readonly steps?: number;
}

export interface BucketProposal {
  /** What `fit` takes: ascending; those longer than the last are a bucket too. Empty where one bucket is best. */
  readonly bucketBoundaries: readonly number[];
  /** Which share of all steps is padding, in one bucket and in these. */
  readonly padding: { readonly before: number; readonly after: number };
}

const who = "bucketBoundaries";

/** Lengths among which boundaries are looked for: where there are more, so many quantiles of them. */
const mostCandidates = 256;

/**
 * Boundaries that leave least padding, with at most `buckets` buckets of at least `batchSize` sequences each, found by dynamic programming over the lengths
 * that there are (of more than 256 over their quantiles). All sequences of a bucket have the steps of its longest, as in nn's `fit`.
 *
 * Throws EMPTY_DATA where there is no length, INVALID_ARGUMENT for what is none.
 *
 * ```ts
 * const { bucketBoundaries: boundaries, padding } = bucketBoundaries([2, 2, 2, 9, 9], { buckets: 2, batchSize: 1 });
 * boundaries; // 2
 * padding; // { before: 0.4667, after: 0 }
 * ```
 */
export function bucketBoundaries(lengths: ArrayLike<number>, options: BucketOptions = {}): BucketProposal {
  const { buckets = 8, batchSize = 32, steps } = given(who, options, { buckets: size, batchSize: size, steps: size });
  const ascending = sorted(lengths),
    longest = ascending.at(-1) ?? 0,
    whole = steps ?? longest;
  if (whole < longest) throw refused(who, "steps", steps, `at least the longest sequence's, ${longest}`);
  const used = ascending.reduce((sum, length) => sum + length, 0);
  const ends = partition(
    ascending.map((length) => Math.max(length, 1)),
    buckets,
    batchSize,
  ); // a batch has a step at least
  const paddedSteps = ends.reduce((sum, { count: n, length }) => sum + n * length, 0);
  const share = (all: number): number => (all === 0 ? 0 : 1 - used / all);
  const boundaries = ends.map(({ length }) => length).filter((length) => length < whole);
  return {
    bucketBoundaries: boundaries,
    padding: { before: share(ascending.length * whole), after: share(paddedSteps) },
  };
}

function sorted(lengths: ArrayLike<number>): Int32Array {
  const list: unknown = ArrayBuffer.isView(lengths) ? Array.from(lengths as ArrayLike<number>) : lengths,
    rule = listOf(count, "a list of lengths, each a whole number of at least 0");
  if (!rule.accepts(list)) throw refused(who, "lengths", lengths, rule.expected);
  if (list.length === 0) throw new SluiceError({ code: "EMPTY_DATA", who, what: "there is no length" });
  return Int32Array.from(list).sort();
}

interface Bucket {
  readonly length: number;
  readonly count: number;
}

/** cost[k][j]: least padded steps of the sequences up to candidate j in k buckets, the last of which ends there. */
function partition(ascending: Int32Array, buckets: number, batchSize: number): readonly Bucket[] {
  const candidates = candidatesOf(ascending),
    upTo = candidates.map((length) => countUpTo(ascending, length));
  let costs = candidates.map((length, j) => ((upTo[j] ?? 0) >= Math.min(batchSize, ascending.length) ? (upTo[j] ?? 0) * length : Infinity));
  const from: number[][] = [candidates.map(() => -1)];
  let best = { buckets: 1, cost: costs.at(-1) ?? Infinity };
  for (let k = 2; k <= Math.min(buckets, candidates.length); k++) {
    const before = costs,
      chosen: number[] = [];
    costs = candidates.map((length, j) => {
      let least = Infinity;
      chosen[j] = -1;
      for (let i = 0; i < j; i++) {
        const held = (upTo[j] ?? 0) - (upTo[i] ?? 0),
          cost = held >= batchSize ? (before[i] ?? Infinity) + held * length : Infinity;
        if (cost < least) [least, chosen[j]] = [cost, i];
      }
      return least;
    });
    from.push(chosen);
    const cost = costs.at(-1) ?? Infinity;
    if (cost < best.cost) best = { buckets: k, cost };
  }
  const ends: Bucket[] = [];
  for (let k = best.buckets, j = candidates.length - 1; k >= 1; k--) {
    const i = from[k - 1]?.[j] ?? -1;
    ends.unshift({ length: candidates[j] ?? 0, count: (upTo[j] ?? 0) - (i < 0 ? 0 : (upTo[i] ?? 0)) });
    j = i;
  }
  return ends;
}

function candidatesOf(ascending: Int32Array): readonly number[] {
  const distinct = [...new Set(ascending)];
  if (distinct.length <= mostCandidates) return distinct;
  const quantiles = Array.from(
    { length: mostCandidates },
    (_, i) => ascending[Math.round(((i + 1) * ascending.length) / mostCandidates) - 1] ?? 0,
  );
  return [...new Set(quantiles)];
}

function countUpTo(ascending: Int32Array, length: number): number {
  let low = 0,
    high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= length) low = middle + 1;
    else high = middle;
  }
  return low;
}
