// Log probabilities of scores, on the host.
import { SluiceError, type TypedArray } from "@sluice/core";

/** z − log Σ eᶻ, in float64. Throws NOT_FINITE for NaN, +∞, and scores of which none is above −∞. */
export function logSoftmax(who: string, given: TypedArray): Float64Array {
  const scores = Float64Array.from(given);
  const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = scores.reduce((all, score) => all + Math.exp(score - most), 0);
  if (!Number.isFinite(sum)) throw noNumbers(who);
  return scores.map((score) => score - most - Math.log(sum));
}

export function noNumbers(who: string): SluiceError {
  return new SluiceError({
    code: "NOT_FINITE",
    who,
    what: "the scores have NaN or +∞ among them, or none above −∞: there is nothing to choose",
    fix: "Look at the weights, and at what the step was given",
  });
}
