// A convolution over steps of each feature by itself.
import { conv1d, type Tensor, type WeightTensors } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import { filled, preset, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import { biased, biasOf, convolution, convolutionTable, type ConvolutionConfig, type Striding } from "./convolution.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface DepthwiseConv1DConfig extends ConvolutionConfig, WeightOptions<"depthwise"> {
  /** How many features come out for each that goes in. Default 1. */
  readonly depthMultiplier?: number;
}

export const depthwiseConv1DTable = {
  depthMultiplier: preset(size, 1),
  ...convolutionTable,
  ...weightTable("depthwise"),
} satisfies Table<DepthwiseConv1DConfig>;

/**
 * activation(Σ x[t·strides + k·dilationRate, c]·kernel[k, c] + bias): as `conv1D`, each feature c by itself.
 *
 * x [batch, steps, input] → [batch, windows, input·depthMultiplier], those of one feature side by side. `kernel` [kernelSize, input, depthMultiplier]
 * starts Glorot uniform, `bias` at zero. Masks, and steps one at a time, are as with `conv1D`; Keras has no "causal" here.
 * Throws as `conv1D` does.
 */
export function depthwiseConv1D<const N extends LayerName = undefined>(
  options: DepthwiseConv1DConfig & Naming<N>,
): KnownLayer<"depthwiseConv1D", N, DepthwiseConv1DWeights> {
  const config = namedOptions<DepthwiseConv1DConfig, N>("depthwiseConv1D", depthwiseConv1DTable, options),
    all = filled(depthwiseConv1DTable, config),
    { depthMultiplier, kernelSize } = all;
  return layer({
    kind: "depthwiseConv1D",
    config,
    build(input, who) {
      const [, features] = sequenceOf(who, input),
        filters = features * depthMultiplier;
      const kernel = declared({ axes: { kernelSize, input: features, depthMultiplier }, init: "glorotUniform" }, "depthwise", config);
      const weights: DepthwiseConv1DWeights = { kernel, ...biasOf(filters, all) };
      return {
        weights,
        ...convolution<WeightTensors<DepthwiseConv1DWeights>>(who, input, {
          ...{ config: all, filters },
          convolve: (w, x, how) => biased(depthwise(x, w.kernel, how), w.bias),
        }),
      };
    },
  });
}

type DepthwiseConv1DWeights = { readonly kernel: LayerWeight; readonly bias?: LayerWeight };

/** kernel [size, input, depthMultiplier] */
export function depthwise(x: Tensor, kernel: Tensor, how: Striding): Tensor {
  const [size = 1, input = 1, each = 1] = kernel.shape;
  return conv1d(x, kernel.reshape([size, 1, input * each]), { ...how, groups: input });
}
