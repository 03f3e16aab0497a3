// Normalisation to length 1.
import { div, maximum, sqrt, square } from "@sluice/core";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { anyAxes, axesOf, holdsSteps } from "./axes.ts";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";
import { zeroed } from "./counted.ts";

export interface UnitNormalizationConfig {
  /** Along which axes, the batch counted as axis 0, which may not be among them; negative ones count from the end. Default −1. */
  readonly axis?: number | readonly number[];
  readonly name?: string;
}

export const unitNormalizationTable = {
  axis: preset(anyAxes, -1),
  name: optional(layerName),
} satisfies Table<UnitNormalizationConfig>;

/** Below its length nothing is divided by, as in Keras and PyTorch: 0 stays 0. */
const least = 1e-12;

/**
 * x / max(√Σx², 1e-12), the sum along `axis`.
 *
 * x [batch, …] → the same shape. No weights. Along the steps, those that do not count are 0, and it does not go one at a time.
 * Throws INVALID_ARGUMENT for axis 0; at build SHAPE_MISMATCH for an axis that a sample lacks, DTYPE_MISMATCH for indices.
 */
export function unitNormalization<const N extends LayerName = undefined>(
  options: UnitNormalizationConfig & Naming<N> = {},
): KnownLayer<"unitNormalization", N, NoWeights> {
  const config = namedOptions<UnitNormalizationConfig, N>("unitNormalization", unitNormalizationTable, options),
    { axis } = filled(unitNormalizationTable, config);
  return layer({
    kind: "unitNormalization",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const axes = axesOf(who, axis, input),
        isWhole = holdsSteps(axes, input);
      return {
        output: input,
        weights: {},
        ...(!isWhole && { stepwise: "pointwise" as const }),
        apply(_, x, { mask }) {
          const read = isWhole ? zeroed(x, mask) : x;
          const squares = square(read).sum(axes, { keepDims: true });
          return read.mul(div(1, sqrt(maximum(squares, least ** 2))));
        },
      };
    },
  });
}
