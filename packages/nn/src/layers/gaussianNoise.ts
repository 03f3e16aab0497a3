// Additive normal noise, as a regulariser.
import { finite, nonNegative } from "@sluice/core/arguments";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { noisy } from "./noisy.ts";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";

export interface GaussianNoiseConfig {
  /** The standard deviation, at least 0. */
  readonly stddev: number;
  /** Fixes this layer's noise; by default it follows from the seed of `compile` and the layer's name. */
  readonly seed?: number;
  readonly name?: string;
}

export const gaussianNoiseTable = {
  stddev: required(nonNegative),
  seed: optional(finite),
  name: optional(layerName),
} satisfies Table<GaussianNoiseConfig>;

/**
 * In training x + noise, each element of it normal with mean 0 and deviation `stddev`. Elsewhere x.
 *
 * x [batch, …] → the same shape. Noise is drawn on the host: the same seed gives the same noise on every backend.
 * Throws INVALID_ARGUMENT for a deviation below 0; at build DTYPE_MISMATCH for indices.
 */
export function gaussianNoise<const N extends LayerName = undefined>(
  options: GaussianNoiseConfig & Naming<N>,
): KnownLayer<"gaussianNoise", N, NoWeights> {
  const config = namedOptions<GaussianNoiseConfig, N>("gaussianNoise", gaussianNoiseTable, options),
    { stddev } = config;
  return noisy("gaussianNoise", config, {
    drawn: stddev > 0 ? { mean: 0, deviation: stddev } : undefined,
    apply: (x, noise) => x.add(noise),
  });
}
