// Shares and how exactly they are known, histograms, and errors of forecasts.

/** The interval of Wilson (1927) for a share of `hits` in `count`: it holds the true one in 95 of 100 such samples, also near 0 and 1. */
export function wilson(hits: number, count: number): readonly [low: number, high: number] {
  const z = 1.959964,
    share = hits / count,
    middle = share + z ** 2 / (2 * count),
    reach = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2)),
    all = 1 + z ** 2 / count;
  return [Math.max(0, (middle - reach) / all), Math.min(1, (middle + reach) / all)];
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Bins of one width that begin at a whole multiple of it; the last holds its upper end where a value lies on it. Values are finite. */
export function histogramOf(values: readonly number[], width: number): Bin[] {
  let [first, last] = [Infinity, -Infinity];
  const places = values.map((value) => Math.floor(value / width + 1e-9));
  for (const place of places) [first, last] = [Math.min(first, place), Math.max(last, place)];
  if (first > last) return [];
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const place of places) counts[place - first] = (counts[place - first] ?? 0) + 1;
  return counts.map((count, i) => ({ from: (first + i) * width, to: (first + i + 1) * width, count }));
}

/** The width of Freedman & Diaconis (1981), 2·IQR/n^⅓, made round; from 10 to 60 bins. Values are finite. */
export function binWidth(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0), at(1)];
  const rough = (2 * (at(0.75) - at(0.25))) / Math.cbrt(values.length);
  const bins = rough > 0 ? Math.min(60, Math.max(10, (high - low) / rough)) : 24;
  return roundWidth(low, high, bins);
}

/** Below it powers of ten are no longer exact. */
const least = 1e-290;

/** A round width (1, 2 or 5 of a power of ten) that gives about so many bins. */
export function roundWidth(low: number, high: number, bins: number): number {
  const [wide, one] = [(high - low) / bins, Math.abs(low) / 10];
  const rough = wide > least ? wide : one > least ? one : 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10;
  return step * power;
}
