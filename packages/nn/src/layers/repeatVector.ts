// A vector at each of many steps.
import { size } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";

export interface RepeatVectorConfig {
  /** How many steps there are to be. */
  readonly n: number;
  readonly name?: string;
}

export const repeatVectorTable = { n: required(size), name: optional(layerName) } satisfies Table<RepeatVectorConfig>;

/**
 * x at each of n steps.
 *
 * x [batch, features] → [batch, n, features], of which all steps count. No weights; it does not go one step at a time.
 * Throws INVALID_ARGUMENT for an n below 1; at build SHAPE_MISMATCH for a sample that is not [features], DTYPE_MISMATCH for indices.
 */
export function repeatVector<const N extends LayerName = undefined>(
  options: RepeatVectorConfig & Naming<N>,
): KnownLayer<"repeatVector", N, NoWeights> {
  const config = namedOptions<RepeatVectorConfig, N>("repeatVector", repeatVectorTable, options),
    { n } = config;
  return layer({
    kind: "repeatVector",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const [features] = input.shape;
      if (input.shape.length !== 1 || features === undefined || input.axes[0] === "steps")
        throw shapeMismatch(who, "x [batch, features]", input);
      return {
        output: { ...input, shape: [n, features], axes: ["steps", ...input.axes] },
        weights: {},
        apply: (_, x) => x.expand(1).broadcastTo([x.shape[0] ?? 0, n, features]),
      };
    },
  });
}
