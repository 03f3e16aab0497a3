// Steps that stand for nothing, told by what is in them.
import { notEqual, where } from "@sluice/core";
import { finite } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { sequenceOf } from "./checks.ts";

export interface MaskingConfig {
  /** What all features of a step are that does not count. Default 0. */
  readonly maskValue?: number;
  readonly name?: string;
}

export const maskingTable = {
  maskValue: preset(finite, 0),
  name: optional(layerName),
} satisfies Table<MaskingConfig>;

/**
 * x, whose steps do not count from here on where all their features are `maskValue`; these become 0, and so do those that did not count before.
 *
 * x [batch, steps, features] → the same shape. No weights. One step at a time each step counts, as zeros where it would not.
 * Throws INVALID_ARGUMENT for a value that is no finite number; at build SHAPE_MISMATCH for a sample that is not [steps, features], DTYPE_MISMATCH
 * for indices.
 */
export function masking<const N extends LayerName = undefined>(
  options: MaskingConfig & Naming<N> = {},
): KnownLayer<"masking", N, NoWeights> {
  const config = namedOptions<MaskingConfig, N>("masking", maskingTable, options),
    { maskValue } = filled(maskingTable, config);
  return layer({
    kind: "masking",
    config,
    build(input, who) {
      sequenceOf(who, input);
      return {
        output: { ...input, axes: ["steps", ...input.axes.slice(1)] },
        weights: {},
        stepwise: "pointwise",
        apply(_, x, { mask }) {
          const own = notEqual(x, maskValue).max(-1); // 1 where any feature is another
          const counts = mask === undefined ? own : where(mask, own, 0);
          const kept = where(counts.expand(-1), x, 0);
          return x.rank === 3 ? masked(kept, counts) : kept;
        },
      };
    },
  });
}
