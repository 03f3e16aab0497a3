// What goes into the bindings of a Program: from a seed, so that one compiled structure meets ever new data.
import type { Program, TypedArray } from "@sluice/core";
import { allocate } from "@sluice/core/kit";
import { uniform } from "./numbers.ts";

/** Numbers that break rules: not a number, the infinities, zeros, the largest, the smallest. */
const special = [NaN, Infinity, -Infinity, 0, -0, 1e38, -1e308, 1e-40, 5e-324, 1, -1];

/**
 * The contents of each binding. Floats lie in [−2, 2), some of them whole so that comparisons meet ties; every third is special if asked for.
 * Whole numbers run from −1 to 7, which as an index is sometimes outside.
 */
export function contentsOf(program: Program, seed: number, specials = false): TypedArray[] {
  const next = uniform(seed);
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  const float = (): number => {
    if (specials && next() < 1 / 3) return special[whole(0, special.length - 1)]!;
    return next() < 1 / 8 ? whole(-2, 2) : next() * 4 - 2;
  };
  const bound = program.slots.filter(({ binding }) => binding !== undefined).sort((x, y) => x.binding! - y.binding!);
  return bound.map(({ dtype, length }): TypedArray => allocate(dtype, length).map(dtype === "i32" ? () => whole(-1, 7) : float));
}
