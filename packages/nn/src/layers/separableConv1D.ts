// A convolution over steps of each feature by itself, and then of features at each step by themselves.
import type { WeightTensors } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import { filled, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import { biased, biasOf, convolution } from "./convolution.ts";
import { depthwise, depthwiseConv1DTable, type DepthwiseConv1DConfig } from "./depthwiseConv1D.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface SeparableConv1DConfig extends DepthwiseConv1DConfig, WeightOptions<"pointwise"> {
  /** How many features come out. */
  readonly filters: number;
}

export const separableConv1DTable = {
  filters: required(size),
  ...depthwiseConv1DTable,
  ...weightTable("pointwise"),
} satisfies Table<SeparableConv1DConfig>;

/**
 * activation(d·pointwiseKernel + bias), d being what `depthwiseConv1D` with depthwiseKernel makes of x (Chollet 2017, "Xception").
 *
 * x [batch, steps, input] → [batch, windows, filters]. `depthwiseKernel` [kernelSize, input, depthMultiplier] and `pointwiseKernel`
 * [1, input·depthMultiplier, filters] start Glorot uniform, `bias` [filters] at zero. Masks, and steps one at a time, are as with `conv1D`; Keras has
 * no "causal" here.
 * Throws as `conv1D` does.
 */
export function separableConv1D<const N extends LayerName = undefined>(
  options: SeparableConv1DConfig & Naming<N>,
): KnownLayer<"separableConv1D", N, SeparableConv1DWeights> {
  const config = namedOptions<SeparableConv1DConfig, N>("separableConv1D", separableConv1DTable, options),
    all = filled(separableConv1DTable, config),
    { filters, depthMultiplier, kernelSize } = all;
  return layer({
    kind: "separableConv1D",
    config,
    build(input, who) {
      const [, features] = sequenceOf(who, input),
        between = features * depthMultiplier;
      const kernels = {
        depthwiseKernel: declared({ axes: { kernelSize, input: features, depthMultiplier }, init: "glorotUniform" }, "depthwise", config),
        pointwiseKernel: declared({ axes: { one: 1, input: between, filters }, init: "glorotUniform" }, "pointwise", config),
      };
      const weights: SeparableConv1DWeights = { ...kernels, ...biasOf(filters, all) };
      return {
        weights,
        ...convolution<WeightTensors<SeparableConv1DWeights>>(who, input, {
          ...{ config: all, filters },
          convolve: (w, x, how) => biased(depthwise(x, w.depthwiseKernel, how).dot(w.pointwiseKernel.squeeze(0)), w.bias),
        }),
      };
    },
  });
}

type SeparableConv1DWeights = { readonly depthwiseKernel: LayerWeight; readonly pointwiseKernel: LayerWeight; readonly bias?: LayerWeight };
