// How much one operation may add to an error, from what a backend declares. It knows no steps.
import type { Supports } from "@sluice/core";

/** What rounds: the operations that have an accuracy of their own, and all others, which count as sums. */
export type Rounded = keyof Supports["accuracy"];

/** What one backend may do in one element type. */
export interface Model {
  /** The largest error of one operation whose exact result is v: the backend's, and that of computing v here in float64. */
  rounding(op: Rounded, v: number): number;
  /** The error of taking v into this type. */
  conversion(v: number): number;
  /** Numbers this large may have become infinite. */
  readonly largest: number;
  readonly keeps: Supports["keeps"];
}

/** IEEE 754: the distance from 1 to the next number, the smallest number, the smallest normal one, and the largest. */
const formats = {
  f32: { ulp: 2 ** -23, smallest: 2 ** -149, normal: 2 ** -126, largest: (2 - 2 ** -23) * 2 ** 127 },
  f64: { ulp: 2 ** -52, smallest: 2 ** -1074, normal: 2 ** -1022, largest: Number.MAX_VALUE },
} as const;

/** Of JavaScript's own functions, generously. */
const here: Readonly<Record<Rounded, number>> = {
  exp: 1,
  log: 1,
  log1p: 1,
  expm1: 1,
  sqrt: 0.5,
  tanh: 2.5,
  sigmoid: 2.5,
  sin: 1,
  cos: 1,
  erf: 1.5,
  div: 0.5,
  sum: 0.5,
};

export function modelOf({ accuracy, keeps }: Pick<Supports, "accuracy" | "keeps">, dtype: keyof typeof formats): Model {
  const { ulp, smallest, normal, largest } = formats[dtype];
  const tiny = keeps.denormals ? smallest : normal;
  return {
    keeps,
    largest: largest * (1 - 16 * ulp),
    // One ulp of v is at most ulp·|v|.
    rounding: (op, v) => (accuracy[op] * ulp + here[op] * formats.f64.ulp) * Math.abs(v) + (accuracy[op] + 1) * tiny,
    conversion: (v) => (dtype === "f32" ? Math.abs(v - Math.fround(v)) : 0) + (!keeps.denormals && Math.abs(v) < normal ? normal : 0),
  };
}
