// Lays a matrix out for the product's inner loop: float64, four lanes side by side, so that the loop reads both operands in one sweep.
import type { DType } from "@sluice/core";
import type { Memory } from "../memory/memory.ts";

/** Rows or columns that the inner loop takes at a time. */
export const lanes = 4;

/** A matrix in memory as lanes to pack: how far apart lanes lie, and the elements of a lane. */
export interface Strip {
  readonly lane: number;
  readonly step: number;
}

/** Packs four lanes of `depth` elements from element `at` of the memory: lane l, position k goes to `to[start + 4k + l]`. */
type Pack = (memory: Memory, at: number, strip: Strip, depth: number, to: Float64Array, start: number) => void;

const four: { readonly [D in DType]: Pack } = {
  f32({ f32: from }, at, { lane, step }, depth, to, start) {
    for (let k = 0, p = start, q = at; k < depth; k++, p += 4, q += step) {
      to[p] = from[q]!;
      to[p + 1] = from[q + lane]!;
      to[p + 2] = from[q + 2 * lane]!;
      to[p + 3] = from[q + 3 * lane]!;
    }
  },
  f64({ f64: from }, at, { lane, step }, depth, to, start) {
    for (let k = 0, p = start, q = at; k < depth; k++, p += 4, q += step) {
      to[p] = from[q]!;
      to[p + 1] = from[q + lane]!;
      to[p + 2] = from[q + 2 * lane]!;
      to[p + 3] = from[q + 3 * lane]!;
    }
  },
  i32({ i32: from }, at, { lane, step }, depth, to, start) {
    for (let k = 0, p = start, q = at; k < depth; k++, p += 4, q += step) {
      to[p] = from[q]!;
      to[p + 1] = from[q + lane]!;
      to[p + 2] = from[q + 2 * lane]!;
      to[p + 3] = from[q + 3 * lane]!;
    }
  },
};

/** Packs `count` lanes in groups of four; the lanes that the last group lacks are zero. */
export function pack(memory: Memory, dtype: DType, at: number, strip: Strip, count: number, depth: number, to: Float64Array): void {
  let group = 0;
  for (; group + lanes <= count; group += lanes) four[dtype](memory, at + group * strip.lane, strip, depth, to, group * depth);
  if (group < count) some(memory[dtype], at + group * strip.lane, strip, count - group, depth, to, group * depth);
}

function some(from: Memory[DType], at: number, { lane, step }: Strip, count: number, depth: number, to: Float64Array, start: number): void {
  for (let l = 0; l < lanes; l++)
    for (let k = 0, p = start + l, q = at + l * lane; k < depth; k++, p += lanes, q += step) to[p] = l < count ? from[q]! : 0;
}
