// The largest of each feature over each window of steps.
import { maxPool1d } from "@sluice/core";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { pooling1D, type Pooling1DConfig } from "./pooling1D.ts";

/**
 * The maximum of each window of steps, of those that count; 0 where none does. Equal maxima share the gradient.
 *
 * x [batch, steps, features] → [batch, windows, features]. A window counts where its last step does, with "same" step t·strides. No weights; it does not
 * go one step at a time.
 * Throws INVALID_ARGUMENT for sizes below 1; at build SHAPE_MISMATCH for a sample that is not [steps, features] or has fewer steps than a "valid"
 * window, DTYPE_MISMATCH for indices.
 */
export function maxPooling1D<const N extends LayerName = undefined>(
  options: Pooling1DConfig & Naming<N> = {},
): KnownLayer<"maxPooling1D", N, NoWeights> {
  return pooling1D("maxPooling1D", options, maxPool1d);
}
