// Sums whose terms come one by one, each for some stretch of the result.
import type { Arithmetic } from "../arithmetic.ts";
import { put, zeros, type Bounded } from "../bounded.ts";

export interface Tally {
  /** Counts `part` to the i-th stretch of its size. All parts are of one size. */
  add(i: number, part: Bounded): void;
  sum(arithmetic: Arithmetic): Bounded;
}

export function tally(shape: readonly number[]): Tally {
  const parts = new Map<number, Bounded[]>();
  return {
    add(i, part) {
      const known = parts.get(i);
      if (known) known.push(part);
      else parts.set(i, [part]);
    },
    sum({ plus }) {
      const whole = zeros(shape);
      for (const [i, [first, ...rest]] of parts) put(whole, i, plus(first!, ...rest));
      return whole;
    },
  };
}
