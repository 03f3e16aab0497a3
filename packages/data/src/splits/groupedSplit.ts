// Parts that share no group: what one patient, speaker or station gave is all in one of them.
import { random } from "@sluice/core";
import { given } from "../arguments/given.ts";
import { countsOf, numbered, partRules, seedRule, type Parts, type Split } from "./counts.ts";

export interface GroupedSplitOptions extends Parts {
  /** The same seed draws the same parts. Default 0. */
  readonly seed?: number | string;
}

/**
 * Every sample in one part, and every group in one alone; groups are drawn by lot. Shares and numbers are of groups, as in scikit-learn's GroupShuffleSplit:
 * where groups are of unlike sizes, parts are too. Indices are ascending.
 * Throws INVALID_ARGUMENT for what is no share, number or group, EMPTY_DATA where no group is left to train on.
 *
 * ```ts
 * groupedSplit(["anna", "anna", "ben", "cleo", "cleo"], { test: 1, seed: 1 });
 * ```
 */
export function groupedSplit(groups: ArrayLike<number | string>, options: GroupedSplitOptions): Split {
  const who = "groupedSplit",
    { of, count } = numbered(who, "groups", groups);
  const { seed = 0, ...parts } = given(who, options, { ...partRules, seed: seedRule });
  const { validation, test } = countsOf(who, count, parts);
  const place = new Int32Array(count);
  random(seed)
    .permutation(count)
    .forEach((group, i) => (place[group] = i));
  const between = (from: number, to: number): Int32Array =>
    Int32Array.from(
      Array.from(of, (_, i) => i).filter((i) => {
        const at = place[of[i] ?? 0] ?? 0;
        return at >= from && at < to;
      }),
    );
  return { test: between(0, test), validation: between(test, test + validation), train: between(test + validation, count) };
}
