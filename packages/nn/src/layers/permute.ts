// The axes of a sample in another order.
import { maxRank, type Rule } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import { zeroed } from "./counted.ts";

export interface PermuteConfig {
  /** Which axis comes where: each of 1 … n once, where a sample has n axes. The batch, axis 0, stays. */
  readonly dims: readonly number[];
  readonly name?: string;
}

const anyOrder: Rule<readonly number[]> = {
  expected: `a list of at least 1 and at most ${maxRank} axes, each of 1, 2, … once`,
  accepts: (value): value is readonly number[] =>
    Array.isArray(value) && value.length >= 1 && value.length <= maxRank && value.every((_, i) => value.includes(i + 1)),
};

export const permuteTable = { dims: required(anyOrder), name: optional(layerName) } satisfies Table<PermuteConfig>;

/**
 * x with its axes in another order: axis k is axis dims[k − 1] of x.
 *
 * x [batch, …] → as many axes. Where the first stays, the mask of the steps does; otherwise what stands at steps that do not count is 0, the mask ends, and
 * it does not go one step at a time. No weights.
 * Throws INVALID_ARGUMENT for what is no order of axes; at build SHAPE_MISMATCH for a sample of another number of axes, DTYPE_MISMATCH for indices.
 */
export function permute<const N extends LayerName = undefined>(options: PermuteConfig & Naming<N>): KnownLayer<"permute", N, NoWeights> {
  const config = namedOptions<PermuteConfig, N>("permute", permuteTable, options),
    { dims } = config;
  return layer({
    kind: "permute",
    config,
    build(input, who) {
      checkNumbers(who, input);
      if (dims.length !== input.shape.length) throw shapeMismatch(who, `a sample of ${dims.length} axes`, input);
      const keepsFirst = dims[0] === 1,
        hasSteps = input.axes[0] === "steps";
      const inOrder = <T>(list: readonly T[]): T[] => dims.flatMap((dim) => list.slice(dim - 1, dim));
      return {
        output: { ...input, shape: inOrder(input.shape), axes: inOrder(input.axes) },
        weights: {},
        ...((keepsFirst || !hasSteps) && { stepwise: "pointwise" as const }),
        apply(_, x, { mask }) {
          if (x.rank === dims.length) return x.transpose([0, ...dims.slice(1).map((dim) => dim - 1)]); // one step
          if (keepsFirst) return x.transpose([0, ...dims]);
          return masked(zeroed(x, hasSteps ? mask : undefined).transpose([0, ...dims]), undefined);
        },
      };
    },
  });
}
