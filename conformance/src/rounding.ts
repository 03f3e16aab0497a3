// How a backend rounds, by what it declares: the oracle's bounds are derived from this, so that no tolerance is a magic constant.
import type { Supports } from "@sluice/core";
import type { Rounding } from "./oracle/index.ts";

export type Float = "f32" | "f64";

/** Products count as accurate as sums. */
export function roundingOf({ accuracy, keeps }: Supports, dtype: Float): Rounding {
  const { ulp, smallest, normal } = formats[dtype];
  const { sum, exp, sqrt, div, sigmoid, tanh } = accuracy;
  return { ulp, tiny: keeps.denormals ? smallest : normal, sum, exp, sqrt, div, sigmoid, tanh };
}

/** IEEE 754: the distance from 1 to the next number, the smallest number, the smallest normal one. */
const formats = {
  f32: { ulp: 2 ** -23, smallest: 2 ** -149, normal: 2 ** -126 },
  f64: { ulp: 2 ** -52, smallest: 2 ** -1074, normal: 2 ** -1022 },
} as const;
