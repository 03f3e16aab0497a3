// Several splits of the same samples: each tests once what the others train on, or a later part of a series.
import { random, SluiceError } from "@sluice/core";
import { check, count, size, type Rule } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { anyList } from "../arguments/rules.ts";
import { checkLabels, checkSamples, numbered, range, seedRule, without, type Fold } from "./counts.ts";

export interface KFoldOptions {
  /** How many. Default 5. */
  readonly splits?: number;
  /** Draws the folds by lot; without one they are in the order of the samples. */
  readonly seed?: number | string;
  /** The class of each sample: each fold then tests as many of each class as any other, to one sample. */
  readonly stratify?: ArrayLike<number | string>;
}

const splitsRule: Rule<number> = {
  expected: "a whole number of at least 2",
  accepts: (value): value is number => size.accepts(value) && value >= 2,
};
/**
 * `splits` folds; each sample is tested in one of them and trained on in all others. Sizes differ by at most one; without labels the first samples % splits
 * folds have one more, as scikit-learn's KFold. Indices are ascending.
 * Throws INVALID_ARGUMENT for more folds than samples, and as `shuffledSplit`.
 */
export function kFold(samples: number, options: KFoldOptions = {}): readonly Fold[] {
  const who = "kFold";
  checkSamples(who, samples);
  const {
    splits = 5,
    seed,
    stratify,
  } = given(who, options, { splits: splitsRule, seed: seedRule, stratify: anyList<number | string>("a list of the class of each sample") });
  checkSplits(who, splits, samples, "samples");
  const order = seed === undefined ? range(0, samples) : random(seed).permutation(samples);
  if (stratify === undefined) {
    const most = Math.ceil(samples / splits),
      longer = samples - (most - 1) * splits;
    const startOf = (k: number): number => k * (most - 1) + Math.min(k, longer);
    return Array.from({ length: splits }, (_, k) => fold(samples, order.slice(startOf(k), startOf(k + 1)).sort()));
  }
  const { of, count: classes } = numbered(who, "stratify", stratify);
  checkLabels(who, "stratify", stratify, samples);
  // Dealt like cards, class by class: of each class, and of all, two folds differ by at most one.
  const byClass = Array.from({ length: classes }, (): number[] => []);
  for (const index of order) byClass[of[index] ?? 0]?.push(index);
  const dealt = byClass.flat();
  return Array.from({ length: splits }, (_, k) => fold(samples, Int32Array.from(dealt.filter((_index, i) => i % splits === k)).sort()));
}

/**
 * As `kFold`, and no group is both trained on and tested in a fold. Groups are given out from the largest to the smallest, each to the fold that has least so
 * far, as scikit-learn's GroupKFold.
 * Throws INVALID_ARGUMENT for more folds than groups.
 */
export function groupKFold(groups: ArrayLike<number | string>, options: { readonly splits?: number } = {}): readonly Fold[] {
  const who = "groupKFold",
    { of, count: there } = numbered(who, "groups", groups),
    { splits = 5 } = given(who, options, { splits: splitsRule });
  checkSplits(who, splits, there, "groups");
  const sizes = new Int32Array(there);
  for (const group of of) sizes[group] = (sizes[group] ?? 0) + 1;
  const bySize = Array.from(range(0, there)).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  const held = new Int32Array(splits),
    foldOf = new Int32Array(there);
  for (const group of bySize) {
    const lightest = held.indexOf(held.reduce((least, size) => Math.min(least, size), Infinity));
    foldOf[group] = lightest;
    held[lightest] = (held[lightest] ?? 0) + (sizes[group] ?? 0);
  }
  return Array.from({ length: splits }, (_, k) =>
    fold(
      of.length,
      range(0, of.length).filter((i) => foldOf[of[i] ?? 0] === k),
    ),
  );
}

export interface TimeSeriesSplitOptions {
  /** How many. Default 5. */
  readonly splits?: number;
  /** Samples that each tests. Default ⌊samples / (splits + 1)⌋. */
  readonly testSize?: number;
  /** Samples left out before each test. Default 0. */
  readonly gap?: number;
  /** Trains on the last so many alone. Default on all before. */
  readonly maxTrainSize?: number;
}

/**
 * `splits` folds of a series: each tests a part behind all that it trains on, and the next trains on that part too (scikit-learn's TimeSeriesSplit). The last
 * test ends with the last sample.
 * Throws INVALID_ARGUMENT where the samples are too few.
 */
export function timeSeriesSplit(samples: number, options: TimeSeriesSplitOptions = {}): readonly Fold[] {
  const who = "timeSeriesSplit";
  checkSamples(who, samples);
  const {
    splits = 5,
    gap = 0,
    testSize = Math.floor(samples / (splits + 1)),
    maxTrainSize = samples,
  } = given(who, options, {
    splits: splitsRule,
    gap: count,
    testSize: size,
    maxTrainSize: size,
  });
  const first = samples - splits * testSize;
  if (testSize < 1 || first - gap < 1)
    throw new SluiceError({
      code: "INVALID_ARGUMENT",
      who,
      what: `${samples} samples are too few for ${splits} tests of ${testSize} with a gap of ${gap}: none is left to train on`,
      fix: "Ask for fewer splits, shorter tests or a smaller gap",
      facts: { samples, splits, testSize, gap },
    });
  return Array.from({ length: splits }, (_, k) => {
    const from = first + k * testSize,
      to = from - gap;
    return { train: range(Math.max(0, to - maxTrainSize), to), test: range(from, from + testSize) };
  });
}

function fold(samples: number, test: Int32Array): Fold {
  return { train: without(samples, test), test };
}

function checkSplits(who: string, splits: number, there: number, what: string): void {
  check(who, "splits", splits, {
    expected: `at most as many as there are ${what}, ${there}`,
    accepts: (value): value is number => Number(value) <= there,
  });
}
