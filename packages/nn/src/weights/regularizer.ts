// What the size of numbers costs, beside the loss.
import { abs, square, type Tensor } from "@sluice/core";
import { nonNegative, oneOf, type Rule } from "@sluice/core/arguments";
import { either, options } from "../options/rules.ts";
import { optional } from "../options/table.ts";

export interface Penalties {
  /** l1 · Σ|w|; at least 0, default 0. */
  readonly l1?: number;
  /** l2 · Σw²; at least 0, default 0. */
  readonly l2?: number;
}

/** l1 · Σ|w| + l2 · Σw²; by name with 0.01 for each, as Keras has them. */
export type Regularizer = "l1" | "l2" | "l1L2" | Penalties;

const named: Readonly<Record<Exclude<Regularizer, object>, Penalties>> = {
  l1: { l1: 0.01 },
  l2: { l2: 0.01 },
  l1L2: { l1: 0.01, l2: 0.01 },
};

export const anyRegularizer: Rule<Regularizer> = either(
  oneOf("l1", "l2", "l1L2"),
  options<Penalties>({ l1: optional(nonNegative), l2: optional(nonNegative) }),
);

export function penaltiesOf(regularizer: Regularizer): Required<Penalties> {
  return { l1: 0, l2: 0, ...(typeof regularizer === "string" ? named[regularizer] : regularizer) };
}

/** A scalar, or nothing where it is free. */
export function priceOf(x: Tensor, { l1 = 0, l2 = 0 }: Penalties): Tensor | undefined {
  const prices = [...(l1 > 0 ? [abs(x).sum().mul(l1)] : []), ...(l2 > 0 ? [square(x).sum().mul(l2)] : [])];
  return prices.length === 0 ? undefined : prices.reduce((sum, one) => sum.add(one));
}
