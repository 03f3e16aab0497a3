// The exponential linear unit, as a layer.
import { expm1, less, minimum, mul, where } from "@sluice/core";
import { finite } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";
import { zeroed } from "./counted.ts";

export interface EluConfig {
  /** What −x goes to far below 0. Default 1. */
  readonly alpha?: number;
  readonly name?: string;
}

export const eluTable = {
  alpha: preset(finite, 1),
  name: optional(layerName),
} satisfies Table<EluConfig>;

/**
 * x where it is above 0, alpha · (eˣ − 1) elsewhere (Clevert et al. 2016). At 0 its slope is alpha.
 *
 * x [batch, …] → the same shape. No weights.
 * Throws INVALID_ARGUMENT for an alpha that is no finite number; at build DTYPE_MISMATCH for indices.
 */
export function elu<const N extends LayerName = undefined>(options: EluConfig & Naming<N> = {}): KnownLayer<"elu", N, NoWeights> {
  const config = namedOptions<EluConfig, N>("elu", eluTable, options),
    { alpha } = filled(eluTable, config);
  return layer({
    kind: "elu",
    config,
    build(input, who) {
      checkNumbers(who, input);
      return {
        output: input,
        weights: {},
        stepwise: "pointwise",
        apply(_, given, { mask }) {
          const x = zeroed(given, mask);
          return where(less(0, x), x, mul(alpha, expm1(minimum(0, x)))); // of nothing above 0, where it might overflow
        },
      };
    },
  });
}
