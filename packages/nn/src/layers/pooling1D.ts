// One value of each window of steps: what the poolings by windows have in common.
import type { averagePool1d, Pooling1dOptions } from "@sluice/core";
import { oneOf, size } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import { windowed, windowMask, type Windows } from "./windows.ts";

export interface Pooling1DConfig {
  /** Steps of a window. Default 2. */
  readonly poolSize?: number;
  /** Steps from one window to the next. Default `poolSize`. */
  readonly strides?: number;
  /** "valid": windows that lie inside; "same": ⌈steps / strides⌉ of them, which may reach beyond the steps. Default "valid". */
  readonly padding?: "valid" | "same";
  readonly name?: string;
}

export const pooling1DTable = {
  poolSize: preset(size, 2),
  strides: optional(size),
  padding: preset(oneOf("valid", "same"), "valid"),
  name: optional(layerName),
} satisfies Table<Pooling1DConfig>;

/** `pool` is that of core. */
export function pooling1D<const K extends string, const N extends LayerName>(
  kind: K,
  options: Pooling1DConfig & Naming<N>,
  pool: typeof averagePool1d,
): KnownLayer<K, N, NoWeights> {
  const config = namedOptions<Pooling1DConfig, N>(kind, pooling1DTable, options),
    { poolSize, strides = poolSize, padding } = filled(pooling1DTable, config);
  const windows: Windows = { size: poolSize, strides, padding },
    how: Pooling1dOptions = { size: poolSize, stride: strides, padding };
  return layer({
    kind,
    config,
    build(input, who) {
      const [, features] = sequenceOf(who, input);
      return {
        output: windowed(who, input, windows, features),
        weights: {},
        apply: (_, x, { mask }) => masked(pool(x, { ...how, mask }), windowMask(mask, windows)),
      };
    },
  });
}
