// FTRL-Proximal: follow the regularised leader (McMahan et al. 2013, algorithm 1, with the L2 shrinkage and the power that Keras adds).
import { clip, constant, exp, log, sqrt, square, where, type Tensor } from "@sluice/core";
import { nonNegative, positive, refused, type Rule } from "@sluice/core/arguments";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { descent, descentTable, type DescentConfig } from "./descent.ts";
import type { Optimizer } from "./optimizer.ts";

export interface FtrlConfig extends DescentConfig {
  /** −p: what the sums of squares are raised to in the rate; at most 0. Default −0.5. */
  readonly learningRatePower?: number;
  /** What the sums of squares begin with; at least 0, default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** λ₁, at least 0, default 0. */
  readonly l1RegularizationStrength?: number;
  /** λ₂, at least 0, default 0. */
  readonly l2RegularizationStrength?: number;
  /** λₛ, added to the gradient as 2λₛθ, at least 0, default 0. */
  readonly l2ShrinkageRegularizationStrength?: number;
  /** β of the paper's rate, at least 0, default 0. */
  readonly beta?: number;
}

const atMost0: Rule<number> = {
  expected: "a finite number of at most 0",
  accepts: (value): value is number => typeof value === "number" && Number.isFinite(value) && value <= 0,
};

export const ftrlTable = {
  ...descentTable,
  learningRatePower: preset(atMost0, -0.5),
  initialAccumulatorValue: preset(nonNegative, 0.1),
  l1RegularizationStrength: preset(nonNegative, 0),
  l2RegularizationStrength: preset(nonNegative, 0),
  l2ShrinkageRegularizationStrength: preset(nonNegative, 0),
  beta: preset(nonNegative, 0),
} satisfies Table<FtrlConfig>;

/**
 * n′ = n + g², z ← z + g + 2λₛθ − (n′ᵖ − nᵖ)/α · θ, θ ← (clip(z, −λ₁, λ₁) − z) / (n′ᵖ/α + 2λ₂ + β/α), n ← n′.
 *
 * As in Keras z begins at 0, not where the weights are: the first update forgets what they were, and one whose gradients were all 0 is 0.
 * Where the divisor is 0, a weight stays. Throws INVALID_ARGUMENT for numbers out of range, among them a rate of 0 when it comes to that, or more than one way to
 * clip.
 */
export function ftrl(config: FtrlConfig = {}): Optimizer {
  const { learningRatePower, initialAccumulatorValue, beta, ...others } = optionsOf("ftrl", ftrlTable, config);
  const { l1RegularizationStrength: l1, l2RegularizationStrength: l2, l2ShrinkageRegularizationStrength: shrinkage, ...rest } = others;
  return descent("ftrl", rest, {
    slots: ["accumulator", "linear"],
    starts: { accumulator: initialAccumulatorValue },
    scalars: ["perRate", "price"],
    numbers(rate, step) {
      if (rate === 0) throw refused("ftrl", `learningRate at step ${step}`, rate, positive.expected);
      return { perRate: 1 / rate, price: 2 * l2 + beta / rate };
    },
    update({ params, gradient }, before, { perRate, price }) {
      const accumulator = before.accumulator.add(square(gradient));
      const power = raised(accumulator, -learningRatePower);
      const pull = power.sub(raised(before.accumulator, -learningRatePower)).mul(perRate).mul(params);
      const linear = before.linear.add(shrinkage === 0 ? gradient : gradient.add(params.mul(2 * shrinkage))).sub(pull);
      const divisor = power.mul(perRate).add(price);
      const next = clip(linear, -l1, l1).sub(linear).div(divisor);
      return { params: where(divisor.greater(0), next, params), slots: { accumulator, linear } };
    },
  });
}

/** xᵖ for x of at least 0. */
function raised(x: Tensor, p: number): Tensor {
  if (p === 0.5) return sqrt(x);
  if (p === 0) return constant(1, x.shape, x.dtype);
  const isAbove = x.greater(0);
  return where(isAbove, exp(log(where(isAbove, x, 1)).mul(p)), 0);
}
