// Moves tiles of memory to and from registers, which are float64. One loop per dtype, written out: a loop that met arrays of two types would
// run at half the speed, as the engine compiles each once for all it has seen.
import type { DType } from "@sluice/core";
import { toWhole } from "@sluice/core/kit";
import type { Memory } from "../memory/memory.ts";

/** The strides of a two-dimensional tile in memory: from row to row, and from element to element of a row. */
export interface Tile2D {
  readonly row: number;
  readonly step: number;
}

/** `rows` × `columns` elements from element `at` of the memory, against a register whose rows are `width` apart. */
type Move = (
  memory: Memory,
  dtype: DType,
  at: number,
  tile: Tile2D,
  rows: number,
  columns: number,
  register: Float64Array,
  width: number,
) => void;

/** Copies memory into a register. */
export const read: Move = (memory, dtype, at, tile, rows, columns, register, width) =>
  moveStrips(loads[dtype], memory, at, tile, rows, columns, register, width);
/** Copies a register to memory; rounds to the dtype. */
export const write: Move = (memory, dtype, at, tile, rows, columns, register, width) =>
  moveStrips(stores[dtype], memory, at, tile, rows, columns, register, width);

/** Moves n elements: `step` apart in memory from `at`, `stride` apart in the register from `start`. */
type StripMove = (memory: Memory, at: number, step: number, n: number, register: Float64Array, start: number, stride: number) => void;

/** Moves a tile in as few strips as it has: one where rows follow each other evenly, otherwise along its longer side. */
function moveStrips(
  move: StripMove,
  memory: Memory,
  at: number,
  { row, step }: Tile2D,
  rows: number,
  columns: number,
  register: Float64Array,
  width: number,
): void {
  if (width === columns && row === columns * step) move(memory, at, step, rows * columns, register, 0, 1);
  else if (columns >= rows) for (let r = 0; r < rows; r++) move(memory, at + r * row, step, columns, register, r * width, 1);
  else for (let c = 0; c < columns; c++) move(memory, at + c * step, row, rows, register, c, width);
}

const loads: { readonly [D in DType]: StripMove } = {
  f32({ f32: from }, at, step, n, to, start, stride) {
    for (let i = 0, p = at, q = start; i < n; i++, p += step, q += stride) to[q] = from[p]!;
  },
  f64({ f64: from }, at, step, n, to, start, stride) {
    for (let i = 0, p = at, q = start; i < n; i++, p += step, q += stride) to[q] = from[p]!;
  },
  i32({ i32: from }, at, step, n, to, start, stride) {
    for (let i = 0, p = at, q = start; i < n; i++, p += step, q += stride) to[q] = from[p]!;
  },
};

const stores: { readonly [D in DType]: StripMove } = {
  f32({ f32: to }, at, step, n, from, start, stride) {
    for (let i = 0, p = at, q = start; i < n; i++, p += step, q += stride) to[p] = from[q]!;
  },
  f64({ f64: to }, at, step, n, from, start, stride) {
    for (let i = 0, p = at, q = start; i < n; i++, p += step, q += stride) to[p] = from[q]!;
  },
  i32({ i32: to }, at, step, n, from, start, stride) {
    for (let i = 0, p = at, q = start; i < n; i++, p += step, q += stride) to[p] = toWhole(from[q]!);
  },
};
