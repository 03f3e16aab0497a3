// For tests: gates in other orders than ours.
import type { HostArray } from "../index.ts";
import { f64 } from "./numbers.ts";

/** Rows [gates·units, inner], gates in the source's order, as columns [inner, gates·units] in ours. */
export function columns(rows: readonly number[], inner: number, order: readonly number[]): HostArray {
  const units = rows.length / inner / order.length,
    width = order.length * units;
  const from = (i: number) => (order[Math.floor((i % width) / units)]! * units + (i % units)) * inner + Math.floor(i / width);
  return f64(
    rows.map((_, i) => rows[from(i)]!),
    inner,
    width,
  );
}

/** The columns of each row in other blocks of `size`. */
export function regrouped(from: HostArray, size: number, blocks: (of: number[][]) => number[][]): HostArray {
  const width = from.shape.at(-1)!,
    numbers = Array.from(from.data),
    rows = Array.from({ length: numbers.length / width }, (_, row) => numbers.slice(row * width, (row + 1) * width));
  const moved = rows.map((row) => blocks(Array.from({ length: width / size }, (_, k) => row.slice(k * size, (k + 1) * size))).flat());
  return f64(moved.flat(), ...from.shape.slice(0, -1), moved[0]!.length);
}

export function flat(from: HostArray): HostArray {
  return { ...from, shape: [from.data.length] };
}
