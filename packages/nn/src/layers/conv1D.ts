// A convolution over steps.
import { conv1d, type WeightTensors } from "@sluice/core";
import { refused, size } from "@sluice/core/arguments";
import { filled, preset, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { sequenceOf, shapeMismatch } from "./checks.ts";
import { biased, biasOf, convolution, convolutionTable, type ConvolutionConfig } from "./convolution.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface Conv1DConfig extends ConvolutionConfig, WeightOptions<"kernel"> {
  /** How many features come out. */
  readonly filters: number;
  /** Input and filters in as many parts, each filter reading its own part. Default 1. */
  readonly groups?: number;
}

export const conv1DTable = {
  filters: required(size),
  groups: preset(size, 1),
  ...convolutionTable,
  ...weightTable("kernel"),
} satisfies Table<Conv1DConfig>;

/**
 * activation(Σ x[t·strides + k·dilationRate]·kernel[k] + bias), over the elements k of a window of `kernelSize` steps.
 *
 * x [batch, steps, input] → [batch, windows, filters]. `kernel` [kernelSize, input / groups, filters] starts Glorot uniform, `bias` [filters] at zero.
 * Steps that do not count are read as zeros. A window counts where the step does that it stands at: its last one, with "same" step t·strides. With
 * "causal" and no strides it goes step by step, and keeps the inputs that its window reaches.
 * Throws INVALID_ARGUMENT for sizes below 1 and filters that are not in `groups` parts; at build SHAPE_MISMATCH for a sample that is not [steps, input],
 * has fewer steps than a "valid" window or inputs that are not in `groups` parts, DTYPE_MISMATCH for indices.
 */
export function conv1D<const N extends LayerName = undefined>(options: Conv1DConfig & Naming<N>): KnownLayer<"conv1D", N, Conv1DWeights> {
  const config = namedOptions<Conv1DConfig, N>("conv1D", conv1DTable, options),
    all = filled(conv1DTable, config),
    { filters, groups, kernelSize } = all;
  if (filters % groups !== 0) throw refused("conv1D", "filters", filters, `in ${groups} groups of equal size`);
  return layer({
    kind: "conv1D",
    config,
    build(input, who) {
      const [, features] = sequenceOf(who, input),
        part = features / groups;
      if (!Number.isInteger(part)) throw shapeMismatch(who, `x [batch, steps, input in ${groups} groups]`, input);
      const kernel = declared({ axes: { kernelSize, input: part, filters }, init: "glorotUniform" }, "kernel", config);
      const weights: Conv1DWeights = { kernel, ...biasOf(filters, all) };
      return {
        weights,
        ...convolution<WeightTensors<Conv1DWeights>>(who, input, {
          ...{ config: all, filters },
          convolve: (w, x, how) => biased(conv1d(x, w.kernel, { ...how, groups }), w.bias),
        }),
      };
    },
  });
}

type Conv1DWeights = { readonly kernel: LayerWeight; readonly bias?: LayerWeight };
