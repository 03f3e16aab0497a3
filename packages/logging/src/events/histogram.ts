// How often values of each size are there, as TensorBoard draws it: thirty buckets of one width.

export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** The upper ends of the buckets, ascending. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

const buckets = 30;

/** Of the values that are finite; undefined where none is. */
export function histogramOf(values: Iterable<number>): Histogram | undefined {
  const finite = Float64Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  let [min, max, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0];
  for (const value of finite) {
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumOfSquares += value * value;
  }
  const width = (max - min) / buckets;
  const counts = new Array<number>(width === 0 ? 1 : buckets).fill(0);
  for (const value of finite) {
    const at = width === 0 ? 0 : Math.min(buckets - 1, Math.floor((value - min) / width));
    counts[at] = (counts[at] ?? 0) + 1;
  }
  const limits = counts.map((_, i) => (i === counts.length - 1 ? max : min + (i + 1) * width));
  return { min, max, count: finite.length, sum, sumOfSquares, limits, counts };
}
