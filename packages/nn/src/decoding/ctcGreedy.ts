// The labels of the likeliest path (Graves et al. 2006, section 3.2).
import { optionsOf } from "../options/table.ts";
import { scoresIn, scoresTable, type CtcScores } from "./ctcScores.ts";

/**
 * Of each sample the class of largest score in each step, where runs of one class are one label and blanks are none.
 *
 * Scores are probabilities, logits, or whatever else has their order; of equal ones the first counts. That is the likeliest path, and not always the
 * likeliest labels, for which `ctcBeamSearch` looks. Throws INVALID_ARGUMENT for options that are none, SHAPE_MISMATCH for scores that are not
 * [samples, steps, classes], NOT_FINITE for one that is none, INDEX_OUT_OF_RANGE for a length beyond the steps.
 */
export function ctcGreedy(options: CtcScores): readonly (readonly number[])[] {
  const checked = optionsOf("ctcGreedy", scoresTable, options);
  return scoresIn("ctcGreedy", checked).map((steps) => {
    const path = steps.map((scores) => scores.indexOf(scores.reduce((most, score) => Math.max(most, score), -Infinity)));
    return path.filter((label, t) => label !== checked.blank && label !== path[t - 1]);
  });
}
