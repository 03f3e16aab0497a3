// For tests: figures published elsewhere, and their conventions in ours.
import { arithmetic, type Bounded } from "../oracle/index.ts";

// Tensors of the source come row-major as their elements and the error of each.
export type Elements = readonly number[];
const single = (v: number) => Math.abs(v) * 2 ** -24;
export const printed = (decimals: number) => () => 0.5 * 10 ** -decimals;
const machine = (ulp: number) => arithmetic({ ulp, tiny: 2 ** -149, sum: 0.5, exp: 2, sqrt: 1, div: 1, sigmoid: 4, tanh: 4 });
export const float32 = machine(2 ** -23);
export const float64 = machine(2 ** -52);

// Where our gates, i f g o or z r n, stand in the source's order.
export const iofg = [0, 2, 3, 1];
export const ifgo = [0, 1, 2, 3];
export const zrn = [0, 1, 2];
export const rzn = [1, 0, 2];

/** The figures that the oracle misses. */
export function misses(got: Bounded, figures: Elements, decimals: number): readonly string[] {
  if (got.value.length !== figures.length) return [`${got.value.length} numbers for ${figures.length} figures`];
  return figures.flatMap((figure, i) => {
    const tolerance = got.error[i]! + (figure === 0 ? 0 : 0.5 * 10 ** -decimals);
    const hit = Math.abs(got.value[i]! - figure) <= tolerance && tolerance < 2e-3;
    return hit ? [] : [`${got.value[i]!} for ${figure} ± ${tolerance}`];
  });
}

export function tensor(shape: readonly number[], elements: Elements, error: (v: number) => number = single): Bounded {
  return { shape, value: Float64Array.from(elements), error: Float64Array.from(elements, error) };
}

export function vector(elements: Elements, error?: (v: number) => number): Bounded {
  return tensor([elements.length], elements, error);
}

/** [steps, batch, n] as [batch, steps, n]. */
export function timeMajor(
  [steps, batch, n]: readonly [number, number, number],
  elements: Elements,
  error?: (v: number) => number,
): Bounded {
  const at = (i: number) => ((Math.floor(i / n) % steps) * batch + Math.floor(i / (steps * n))) * n + (i % n);
  return tensor(
    [batch, steps, n],
    elements.map((_, i) => elements[at(i)]!),
    error,
  );
}

/** Rows of [gates·units, inner], gates in the source's order, as columns of [inner, gates·units] in ours. */
export function columns(rows: Elements, inner: number, order: readonly number[], error?: (v: number) => number): Bounded {
  const units = rows.length / inner / order.length;
  const width = order.length * units;
  const from = (i: number) => (order[Math.floor((i % width) / units)]! * units + (i % units)) * inner + Math.floor(i / width);
  return tensor(
    [inner, width],
    rows.map((_, i) => rows[from(i)]!),
    error,
  );
}

export function plus(a: Elements, b: Elements): Elements {
  return a.map((v, i) => v + b[i]!);
}
