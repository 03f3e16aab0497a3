// Cuts the loops of a step into blocks: the two innermost axes by blocks of a register, all others one index at a time.
import type { View } from "@sluice/core";
import { start, walker } from "@sluice/core/kit";
import type { Buffer } from "../memory/buffer.ts";
import type { Input } from "./body.ts";
import type { Nest } from "../loops/nest.ts";

/** Called for every block: where each view starts in it, and its extent. */
export type Visit = (at: readonly number[], rows: number, columns: number) => void;

/** Visits every block of a nest of two axes or more, from the elements where the views start. Allocates nothing. */
export type Grid = (from: readonly number[], visit: Visit) => void;

/** A grid of blocks of `height` × `width`, of which the last ones along an axis may be smaller. */
export function grid({ sizes, strides }: Nest, height: number, width: number): Grid {
  const [rows, columns] = [sizes.at(-2)!, sizes.at(-1)!];
  const counts = [...sizes.slice(0, -2), Math.ceil(rows / height), Math.ceil(columns / width)];
  const blocks = strides.map((along) => [...along.slice(0, -2), along.at(-2)! * height, along.at(-1)! * width]);
  // Two more walkers count the rows and columns passed.
  const passed = [
    counts.map((_, axis) => (axis === sizes.length - 2 ? height : 0)),
    counts.map((_, axis) => (axis === sizes.length - 1 ? width : 0)),
  ];
  const walk = walker(counts, [...passed, ...blocks]);
  const from = new Array<number>(strides.length + 2).fill(0);
  const at = new Array<number>(strides.length).fill(0);
  let visitor: Visit = () => {};
  const step = (where: readonly number[]): void => {
    for (let v = 0; v < at.length; v++) at[v] = where[v + 2]!;
    visitor(at, Math.min(height, rows - where[0]!), Math.min(width, columns - where[1]!));
  };
  return (start, visit) => {
    for (let v = 0; v < strides.length; v++) from[v + 2] = start[v]!;
    visitor = visit;
    walk(from, step);
  };
}

/** The strides of view `v` of a nest in blocks of `height` × `width`, for loading and storing. */
export function layoutOf({ sizes, strides }: Nest, v: number, dtype: Input["dtype"], height: number, width: number): Input {
  const along = strides[v]!;
  const counts = [...sizes.slice(0, -2), Math.ceil(sizes.at(-2)! / height), Math.ceil(sizes.at(-1)! / width)];
  return { dtype, row: along.at(-2)!, step: along.at(-1)!, uniform: isUniform(counts, along) };
}

/** Does a view stay where it is from most blocks to the next? `counts` has the blocks along each axis, outermost first. */
export function isUniform(counts: readonly number[], along: readonly number[]): boolean {
  const fastest = counts.findLastIndex((count) => count > 1);
  return fastest >= 0 && along[fastest] === 0;
}

/** Writes to `at` the element of memory where each view starts in iteration t. */
export function resolveStarts(views: readonly View[], slots: readonly Buffer[], t: readonly number[], at: number[]): readonly number[] {
  for (let v = 0; v < views.length; v++) at[v] = slots[views[v]!.slot]!.startElement + start(views[v]!, t);
  return at;
}
