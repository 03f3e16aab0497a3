// The root that steps are divided by, kept from 0 by ε.
import { sqrt, type Tensor } from "@sluice/core";
import { oneOf, type Rule } from "@sluice/core/arguments";

export type EpsilonAt = "square" | "root";
export const epsilonAt: Rule<EpsilonAt> = oneOf("square", "root");

/** √(x + ε), or √x + ε. */
export function rooted(x: Tensor, epsilon: number, at: EpsilonAt): Tensor {
  return at === "square" ? sqrt(x.add(epsilon)) : sqrt(x).add(epsilon);
}
