// Statistics of columns, by their published definitions.

/** The mean, and the population variance in two passes: of what is far from 0 it keeps its digits. */
export function moments(values: Float64Array): { readonly mean: number; readonly variance: number } {
  const mean = average(values);
  const squares = values.map((value) => (value - mean) ** 2);
  return { mean, variance: average(squares) };
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Between the order statistics x[⌊h⌋] and x[⌈h⌉], h = (n − 1)·p, in a line (Hyndman & Fan 1996, type 7: NumPy's and R's default). `ascending` holds at least one. */
export function quantile(ascending: Float64Array, p: number): number {
  const h = (ascending.length - 1) * p,
    below = Math.floor(h);
  const low = ascending[below] ?? NaN,
    high = ascending[Math.ceil(h)] ?? NaN;
  return low + (high - low) * (h - below);
}
