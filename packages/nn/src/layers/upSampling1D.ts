// Each step several times.
import type { Tensor } from "@sluice/core";
import { size as anySize } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { sequenceOf } from "./checks.ts";

export interface UpSampling1DConfig {
  /** How often each step comes. Default 2. */
  readonly size?: number;
  readonly name?: string;
}

export const upSampling1DTable = { size: preset(anySize, 2), name: optional(layerName) } satisfies Table<UpSampling1DConfig>;

/**
 * x with each step `size` times, one after the other; those of a step that does not count do not.
 *
 * x [batch, steps, features] → [batch, steps·size, features]. No weights; it does not go one step at a time.
 * Throws INVALID_ARGUMENT for a size below 1; at build SHAPE_MISMATCH for a sample that is not [steps, features], DTYPE_MISMATCH for indices.
 */
export function upSampling1D<const N extends LayerName = undefined>(
  options: UpSampling1DConfig & Naming<N> = {},
): KnownLayer<"upSampling1D", N, NoWeights> {
  const config = namedOptions<UpSampling1DConfig, N>("upSampling1D", upSampling1DTable, options),
    { size } = filled(upSampling1DTable, config);
  return layer({
    kind: "upSampling1D",
    config,
    build(input, who) {
      const [steps, features] = sequenceOf(who, input);
      const often = (t: Tensor): Tensor => {
        const [batch = 0, , ...rest] = t.shape;
        return t
          .expand(2)
          .broadcastTo([batch, steps, size, ...rest])
          .reshape([batch, steps * size, ...rest]);
      };
      return {
        output: { ...input, shape: [steps * size, features] },
        weights: {},
        apply: (_, x, { mask }) => masked(often(x), mask && often(mask)),
      };
    },
  });
}
