// All numbers of a sample in a row.
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { optional, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";
import { reshaped } from "./reshaped.ts";

export interface FlattenConfig {
  readonly name?: string;
}

export const flattenTable = { name: optional(layerName) } satisfies Table<FlattenConfig>;

/**
 * x in a row, in row-major order.
 *
 * x [batch, …] → [batch, features]. What stands at steps that do not count is 0, and the mask ends. No weights.
 * Throws at build DTYPE_MISMATCH for indices.
 */
export function flatten<const N extends LayerName = undefined>(
  options: FlattenConfig & Naming<N> = {},
): KnownLayer<"flatten", N, NoWeights> {
  const config = namedOptions<FlattenConfig, N>("flatten", flattenTable, options);
  return layer({
    kind: "flatten",
    config,
    build(input, who) {
      checkNumbers(who, input);
      return reshaped(input, { shape: [input.shape.reduce((all, size) => all * size, 1)], axes: ["features"], dtype: "float" });
    },
  });
}
