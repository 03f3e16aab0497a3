// What a handful of noisy samples can say.

/** The middle value; the mean of the two middle ones of an even count. NaN of none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Half the distance between the quartiles, as a share of the median: 0.02 says that half of the samples lie within about 2 % of it. */
export function spread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / median(values);
}

/** A number that was estimated, and where the true one lies. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** How often such an interval holds the true median: at least `wanted` where there are samples enough, otherwise what they allow. */
  readonly confidence: number;
}

/**
 * How many times as long `theirs` takes as `ours`: the median of the ratios of the rounds, with its interval. Entry i of both was measured
 * in round i, one after the other: what slows the machine for a while slows both, and leaves their ratio alone.
 */
export function ratio(theirs: readonly number[], ours: readonly number[], wanted = 0.95): Interval {
  return interval(
    theirs.slice(0, ours.length).map((time, round) => time / ours[round]!),
    wanted,
  );
}

/** How much longer `theirs` takes than `ours`: likewise of the differences of the rounds. */
export function difference(theirs: readonly number[], ours: readonly number[]): Interval {
  return interval(theirs.slice(0, ours.length).map((time, round) => time - ours[round]!));
}

/**
 * The median and its interval, which assumes nothing of how the values are distributed: it lies between the k-th smallest and the k-th
 * largest, with the largest k for which 1 − 2·P(Binomial(n, ½) < k) reaches `wanted` (Conover, Practical Nonparametric Statistics,
 * 3rd ed. 1999, §3.2).
 */
export function interval(values: readonly number[], wanted = 0.95): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  let k = 1;
  while (confidence(sorted.length, k + 1) >= wanted) k++;
  return { value: median(sorted), low: sorted[k - 1] ?? NaN, high: sorted.at(-k) ?? NaN, confidence: confidence(sorted.length, k) };
}

/** That the median of n samples lies between the k-th smallest and the k-th largest. */
function confidence(n: number, k: number): number {
  let [below, term] = [0, 0.5 ** n]; // C(n, i) / 2ⁿ
  for (let i = 0; i < k; i++) {
    below += term;
    term *= (n - i) / (i + 1);
  }
  return Math.max(0, 1 - 2 * below);
}

/** Linear between the samples (Hyndman & Fan 1996, definition 7). NaN of none. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return low + (high - low) * (at - Math.floor(at));
}
