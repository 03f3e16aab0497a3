// Parts in the order of time: nothing that comes later trains what is tested before it.
import { count } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { checkSamples, countsOf, partRules, range, type Parts, type Split } from "./counts.ts";

export interface ChronologicalSplitOptions extends Parts {
  /**
   * Samples left out before each later part. Default 0. Of windows one row apart, of steps L, horizon H and a gap of their own G, two parts share no row where
   * it is at least L + G + H − 1, and no row that is forecast where it is at least H − 1.
   */
  readonly gap?: number;
}

/**
 * Indices 0 … samples − 1 in order: the last are the test, those before them the validation, and the first the training, of which `gap` are left out before
 * each. Shares are rounded up.
 * Throws INVALID_ARGUMENT for what is no share or number, EMPTY_DATA where none is left to train on.
 */
export function chronologicalSplit(samples: number, options: ChronologicalSplitOptions): Split {
  const who = "chronologicalSplit";
  checkSamples(who, samples);
  const { gap = 0, ...parts } = given(who, options, { ...partRules, gap: count });
  const gapOf = (part: number | undefined): number => (part === undefined ? 0 : gap);
  const { validation, test } = countsOf(who, samples, parts, gapOf(parts.validation) + gapOf(parts.test));
  const testFrom = samples - test,
    validationTo = testFrom - gapOf(parts.test),
    validationFrom = validationTo - validation;
  return {
    train: range(0, validationFrom - gapOf(parts.validation)),
    validation: range(validationFrom, validationTo),
    test: range(testFrom, samples),
  };
}
