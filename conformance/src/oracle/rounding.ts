// The accuracy of a machine, stated: what the bounds of the oracle count with.

/** How a machine rounds. `ulp` is the distance from 1 to the next number; the operations are accurate to so many of it. */
export interface Rounding {
  readonly ulp: number;
  /** Absolute error of any result: the smallest number that is not flushed to zero. */
  readonly tiny: number;
  readonly sum: number;
  readonly exp: number;
  readonly sqrt: number;
  readonly div: number;
  readonly sigmoid: number;
  readonly tanh: number;
}
