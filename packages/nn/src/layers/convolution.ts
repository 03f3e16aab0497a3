// What convolutions over steps have in common: their options, how kernels start, and how they are built.
import type { Tensor } from "@sluice/core";
import { boolean, size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { optional, preset, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { anyActivation, type Activation } from "./activationFunction.ts";
import { masked } from "./callable.ts";
import { zeroed } from "./counted.ts";
import type { Built, LayerContext, Masked } from "./layer.ts";
import type { Spec } from "./spec.ts";
import { activityTable, declared, weightTable, type ActivityOption, type WeightOptions } from "./weightOptions.ts";
import { anyPadding, isCausal, stepByStep, windowed, windowMask, type Padding, type Windows } from "./windows.ts";

export interface ConvolutionConfig extends WeightOptions<"bias">, ActivityOption {
  /** Steps of a window. */
  readonly kernelSize: number;
  /** Steps from one window to the next. Default 1. */
  readonly strides?: number;
  /**
   * "valid": windows that lie inside; "same": ⌈steps / strides⌉ of them, zeros on both sides; "causal": as many, zeros before, so that none reads later
   * steps. Default "valid".
   */
  readonly padding?: Padding;
  /** Steps from one element of a window to the next. Default 1. */
  readonly dilationRate?: number;
  /** Default "linear". */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  readonly name?: string;
}

export const convolutionTable = {
  kernelSize: required(size),
  strides: preset(size, 1),
  padding: preset(anyPadding, "valid"),
  dilationRate: preset(size, 1),
  activation: preset(anyActivation, "linear"),
  useBias: preset(boolean, true),
  ...weightTable("bias"),
  ...activityTable,
  name: optional(layerName),
} satisfies Table<ConvolutionConfig>;

/** As `conv1d` of core has them. */
export interface Striding {
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
}

interface Convolving<W> {
  readonly config: Required<Pick<ConvolutionConfig, "kernelSize" | "strides" | "padding" | "dilationRate">> & {
    readonly activation: Activation;
    readonly activityRegularizer: ConvolutionConfig["activityRegularizer"] | undefined;
  };
  readonly filters: number;
  /** x [batch, steps, input] → [batch, windows, filters]. */
  convolve(weights: W, x: Tensor, how: Striding): Tensor;
}

interface Convolution<W> extends Pick<Built, "output" | "activation" | "activityRegularizer" | "stepwise"> {
  readonly apply: (weights: W, x: Tensor, context: LayerContext) => Masked;
}

/** Reads zeros at steps that do not count. One step at a time it keeps the inputs that its window reaches. */
export function convolution<W>(who: string, input: Spec, { config, filters, convolve }: Convolving<W>): Convolution<W> {
  const { kernelSize, strides, padding, dilationRate, activation, activityRegularizer } = config;
  const windows: Windows = { size: kernelSize, strides, padding, dilation: dilationRate },
    how: Striding = { stride: strides, dilation: dilationRate, padding };
  return {
    output: windowed(who, input, windows, filters, "filters"),
    ...{ activation, activityRegularizer },
    ...(isCausal(windows) && {
      stepwise: stepByStep<W>(input, windows, (weights, window) => convolve(weights, window, { ...how, padding: "valid" })),
    }),
    apply: (weights, x, { mask }) => masked(convolve(weights, zeroed(x, mask), how), windowMask(mask, windows)),
  };
}

export function biased(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : y.add(bias);
}

/** Zeros for each filter, where there is a bias. */
export function biasOf(filters: number, config: { readonly useBias: boolean }): { readonly bias?: LayerWeight } {
  return config.useBias ? { bias: declared({ axes: { filters }, init: "zeros" }, "bias", config) } : {};
}
