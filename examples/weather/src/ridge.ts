// Ridge regression (Hoerl & Kennard 1970) on the same inputs: the best that a straight line through them can do.
import type { Windows } from "./windows.ts";

/** How many of the last days it reads, and how strongly its weights are held back; validation chooses. */
const readings = [1, 2, 3, 5, 7, 14, 30];
const penalties = [10, 30, 100, 300, 1000, 3000];

export interface Ridge {
  /** Days read, of the window's last. */
  readonly days: number;
  readonly penalty: number;
  /** Changes forecast, [samples]. */
  predict(windows: Windows): number[];
}

/** Fitted to `train` in closed form and float64; of all readings and penalties the one with the least mean absolute error on `validation`. */
export function ridge(train: Windows, validation: Windows): Ridge {
  const moments = momentsOf(train);
  const candidates = readings.flatMap((days) => penalties.map((penalty) => fit(moments, train, days, penalty)));
  const scored = candidates.map((candidate) => ({ candidate, error: error(candidate, validation) }));
  return scored.reduce((best, next) => (next.error < best.error ? next : best)).candidate;
}

/** Of centred data: XᵀX [inputs, inputs], its lower half, Xᵀy [inputs], and the means taken off. X is [samples, inputs], a window's last day last. */
interface Moments {
  readonly gram: readonly Float64Array[];
  readonly cross: Float64Array;
  readonly means: Float64Array;
  readonly mean: number;
}

function momentsOf(windows: Windows): Moments {
  const y = [...windows.y.data];
  const rows = y.map((_, n) => row(windows, n));
  const mean = average(y);
  const means = rows[0]!.map((_, i) => average(rows.map((x) => x[i]!)));
  const gram = Array.from(means, () => new Float64Array(means.length));
  const cross = new Float64Array(means.length);
  for (const [n, raw] of rows.entries()) {
    const x = raw.map((value, i) => value - means[i]!);
    for (let i = 0; i < x.length; i++) {
      cross[i]! += x[i]! * (y[n]! - mean);
      for (let j = 0; j <= i; j++) gram[i]![j]! += x[i]! * x[j]!;
    }
  }
  return { gram, cross, means, mean };
}

/** (XᵀX + penalty) w = Xᵀy over the last `days` of each window. */
function fit({ gram, cross, means, mean }: Moments, { x }: Windows, days: number, penalty: number): Ridge {
  const skipped = cross.length - days * x.shape[2]!;
  const system = gram.slice(skipped).map((line) => line.slice(skipped));
  system.forEach((line, i) => (line[i]! += penalty));
  const weights = solve(system, cross.slice(skipped));
  const offset = mean - dot(weights, means.subarray(skipped), weights.length);
  const forecast = (inputs: Float64Array): number => offset + dot(weights, inputs.subarray(skipped), weights.length);
  return { days, penalty, predict: (windows) => [...windows.y.data].map((_, n) => forecast(row(windows, n))) };
}

/** w with A w = b, for A positive definite, of which only the lower triangle is read; by Cholesky, A = L Lᵀ, in place of both. */
function solve(a: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) a[i]![j] = (a[i]![j]! - dot(a[i]!, a[j]!, j)) / a[j]![j]!;
    a[i]![i] = Math.sqrt(a[i]![i]! - dot(a[i]!, a[i]!, i));
  }
  for (let i = 0; i < n; i++) b[i] = (b[i]! - dot(a[i]!, b, i)) / a[i]![i]!;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i]! -= a[j]![i]! * b[j]!;
    b[i]! /= a[i]![i]!;
  }
  return b;
}

function dot(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function row({ x }: Windows, n: number): Float64Array {
  const [, steps = 0, features = 0] = x.shape;
  const inputs = steps * features;
  return Float64Array.from(x.data.subarray(n * inputs, (n + 1) * inputs));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function error(candidate: Ridge, windows: Windows): number {
  return candidate.predict(windows).reduce((sum, value, n) => sum + Math.abs(value - windows.y.data[n]!), 0);
}
