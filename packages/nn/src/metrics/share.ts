// One sum as a part of another.
import type { Sums } from "./metric.ts";

/** x / y; 0 where y is, as Keras has it. */
export function ratio(x: number, y: number): number {
  return y === 0 ? 0 : x / y;
}

/** Of two sums the first by the second. */
export const share: Sums = { count: () => 2, result: ([x = 0, y = 0]) => ratio(x, y) };
