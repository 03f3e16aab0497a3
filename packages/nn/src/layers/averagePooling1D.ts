// The mean of each feature over each window of steps.
import { averagePool1d } from "@sluice/core";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { pooling1D, type Pooling1DConfig } from "./pooling1D.ts";

/**
 * The mean of each window of steps, of those that count; 0 where none does. What a window reaches beyond the steps is left out.
 *
 * x [batch, steps, features] → [batch, windows, features]. A window counts where its last step does, with "same" step t·strides. No weights; it does not
 * go one step at a time.
 * Throws INVALID_ARGUMENT for sizes below 1; at build SHAPE_MISMATCH for a sample that is not [steps, features] or has fewer steps than a "valid"
 * window, DTYPE_MISMATCH for indices.
 */
export function averagePooling1D<const N extends LayerName = undefined>(
  options: Pooling1DConfig & Naming<N> = {},
): KnownLayer<"averagePooling1D", N, NoWeights> {
  return pooling1D("averagePooling1D", options, averagePool1d);
}
