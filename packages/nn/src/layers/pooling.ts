// One value of all steps that count: what the poolings have in common.
import type { Tensor } from "@sluice/core";
import { boolean } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { sequenceOf } from "./checks.ts";

export interface PoolingConfig {
  /** Keep the axis of the steps, with size 1. Default false. */
  readonly keepDims?: boolean;
  readonly name?: string;
}

export const poolingTable = {
  keepDims: preset(boolean, false),
  name: optional(layerName),
} satisfies Table<PoolingConfig>;

/** `fold` of x [batch, steps, features] to [batch, 1, features]. */
export function pooling<const K extends string, const N extends LayerName>(
  kind: K,
  options: PoolingConfig & Naming<N>,
  fold: (x: Tensor, mask: Tensor | undefined) => Tensor,
): KnownLayer<K, N, NoWeights> {
  const config = namedOptions<PoolingConfig, N>(kind, poolingTable, options),
    { keepDims } = filled(poolingTable, config);
  return layer({
    kind,
    config,
    build(input, who) {
      const [, features] = sequenceOf(who, input),
        [steps = "steps", last = "features"] = input.axes;
      return {
        output: { shape: keepDims ? [1, features] : [features], axes: keepDims ? [steps, last] : [last], dtype: "float" },
        weights: {},
        apply(_, x, { mask }) {
          const folded = fold(x, mask);
          return masked(keepDims ? folded : folded.squeeze(1), undefined);
        },
      };
    },
  });
}
