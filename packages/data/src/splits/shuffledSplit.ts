// Parts drawn by lot, each class in the same share of each where labels are given.
import { random } from "@sluice/core";
import { given } from "../arguments/given.ts";
import { anyList } from "../arguments/rules.ts";
import { checkLabels, checkSamples, countsOf, numbered, partRules, seedRule, type Parts, type Split } from "./counts.ts";

export interface ShuffledSplitOptions extends Parts {
  /** The same seed draws the same parts. Default 0. */
  readonly seed?: number | string;
  /** The class of each sample: the test then has each class in the share that all have, and the validation in that of what the test leaves, each to less than one sample. */
  readonly stratify?: ArrayLike<number | string>;
}

/**
 * Every index of 0 … samples − 1 in one part, drawn by lot and in that order. Shares are rounded up.
 * Throws INVALID_ARGUMENT for what is no share, number or label, SHAPE_MISMATCH for labels that are not one for each, EMPTY_DATA where none is left to train on.
 */
export function shuffledSplit(samples: number, options: ShuffledSplitOptions): Split {
  const who = "shuffledSplit";
  checkSamples(who, samples);
  const {
    seed = 0,
    stratify,
    ...parts
  } = given(who, options, { ...partRules, seed: seedRule, stratify: anyList<number | string>("a list of the class of each sample") });
  const { validation, test } = countsOf(who, samples, parts);
  const order = random(seed).permutation(samples);
  if (stratify === undefined)
    return { test: order.slice(0, test), validation: order.slice(test, test + validation), train: order.slice(test + validation) };
  const { of, count } = numbered(who, "stratify", stratify);
  checkLabels(who, "stratify", stratify, samples);
  const queues = Array.from({ length: count }, (): number[] => []);
  for (const index of order) queues[of[index] ?? 0]?.push(index);
  const sizes = queues.map(({ length }) => length);
  const ofTest = shares(sizes, test),
    left = sizes.map((size, c) => size - (ofTest[c] ?? 0)),
    ofBoth = shares(left, validation).map((share, c) => share + (ofTest[c] ?? 0));
  const part = (from: readonly number[], to: readonly number[]): Int32Array => {
    const chosen = new Set(queues.flatMap((queue, c) => queue.slice(from[c], to[c])));
    return order.filter((index) => chosen.has(index));
  };
  return {
    test: part(
      sizes.map(() => 0),
      ofTest,
    ),
    validation: part(ofTest, ofBoth),
    train: part(ofBoth, sizes),
  };
}

/** How many of each class are among `total`, by largest remainders: size · total / all, rounded down or up. Of equal remainders the class that came first gets one more. */
function shares(sizes: readonly number[], total: number): readonly number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size * total) / all),
    counts = exact.map(Math.floor);
  const byRemainder = exact.map((share, c) => [share - Math.floor(share), c] as const).sort(([a, i], [b, j]) => b - a || i - j);
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  for (const [, c] of byRemainder.slice(0, missing)) counts[c] = (counts[c] ?? 0) + 1;
  return counts;
}
