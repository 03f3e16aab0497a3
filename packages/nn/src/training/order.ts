// The order of an epoch's samples: the numbers of core's `permutation`, drawn in pieces.
import type { Random } from "@sluice/core";
import { typedArray } from "../host/typedArray.ts";
import type { Pieces } from "../host/turns.ts";

/** Numbers that are drawn between two looks at the clock: some milliseconds. */
const piece = 2 ** 16;

/** 0 … n − 1 as `source.permutation(n)` has them (Fisher & Yates, from the last place to the first). */
export function* permutation(source: Random, n: number): Pieces<Int32Array> {
  const order = typedArray("i32", n) as Int32Array; // by its dtype
  for (let i = 0; i < n; i++) order[i] = i;
  for (let last = n - 1; last > 0; last -= piece) {
    yield;
    const drawn = source.uniform(Math.min(piece, last));
    drawn.forEach((unit, k) => swap(order, last - k, Math.floor(unit * (last - k + 1))));
  }
  return order;
}

function swap(order: Int32Array, i: number, j: number): void {
  const held = order[i]!;
  order[i] = order[j]!;
  order[j] = held;
}
