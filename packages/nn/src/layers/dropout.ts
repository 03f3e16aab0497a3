// Dropout (Srivastava et al. 2014), inverted: what is kept is scaled up in training, so that prediction needs no change.
import { finite, fraction } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { noisy } from "./noisy.ts";

export interface DropoutConfig {
  /** Probability that an element is dropped, in [0, 1). */
  readonly rate: number;
  /** Fixes this layer's masks; by default they follow from the seed of `compile` and the layer's name. */
  readonly seed?: number;
  readonly name?: string;
}

export const dropoutTable = {
  rate: required(fraction),
  seed: optional(finite),
  name: optional(layerName),
} satisfies Table<DropoutConfig>;

/**
 * In training x · mask, elementwise, where a mask element is 0 with probability `rate` and 1 / (1 − rate) otherwise. Elsewhere x.
 *
 * x [batch, …] → the same shape. Masks are drawn on the host: the same seed gives the same masks on every backend.
 * Throws INVALID_ARGUMENT for a rate outside [0, 1).
 */
export function dropout<const N extends LayerName = undefined>(options: DropoutConfig & Naming<N>): KnownLayer<"dropout", N, NoWeights> {
  const config = namedOptions<DropoutConfig, N>("dropout", dropoutTable, options),
    { rate } = config;
  return noisy("dropout", config, { drawn: rate > 0 ? { rate } : undefined, apply: (x, mask) => x.mul(mask) });
}
