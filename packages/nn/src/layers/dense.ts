// A fully connected layer.
import type { WeightTensors } from "@sluice/core";
import { boolean, size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { anyActivation, type Activation } from "./activationFunction.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { activityTable, declared, weightTable, type ActivityOption, type WeightOptions } from "./weightOptions.ts";

export interface DenseConfig extends WeightOptions<"kernel" | "bias">, ActivityOption {
  readonly units: number;
  /** Default "linear". */
  readonly activation?: Activation;
  /** Default true. */
  readonly useBias?: boolean;
  readonly name?: string;
}

export const denseTable = {
  units: required(size),
  activation: preset(anyActivation, "linear"),
  useBias: preset(boolean, true),
  ...weightTable("kernel", "bias"),
  ...activityTable,
  name: optional(layerName),
} satisfies Table<DenseConfig>;

/**
 * activation(x · kernel + bias), over the last axis of x.
 *
 * x [batch, …, features] → [batch, …, units].
 * `kernel` [features, units] starts Glorot uniform (Glorot & Bengio 2010), `bias` [units] at zero, unless the options say otherwise.
 * Throws INVALID_ARGUMENT for `units` below 1 or an unknown activation; at build SHAPE_MISMATCH for a sample without
 * axes and DTYPE_MISMATCH for indices.
 */
export function dense<const N extends LayerName = undefined>(options: DenseConfig & Naming<N>): KnownLayer<"dense", N, DenseWeights> {
  const config = namedOptions<DenseConfig, N>("dense", denseTable, options),
    { units, useBias, activation, activityRegularizer } = filled(denseTable, config);
  return layer({
    kind: "dense",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const features = input.shape.at(-1);
      if (features === undefined) throw shapeMismatch(who, "x [batch, …, features]", input);
      const weights = denseWeights(features, units, useBias, config);
      return {
        output: { ...input, shape: [...input.shape.slice(0, -1), units], axes: [...input.axes.slice(0, -1), "units"] },
        weights,
        ...{ activation, activityRegularizer },
        stepwise: "pointwise",
        apply: ({ kernel, bias }: WeightTensors<typeof weights>, x) => (bias === undefined ? x.dot(kernel) : x.dot(kernel).add(bias)),
      };
    },
  });
}

type DenseWeights = { readonly kernel: LayerWeight; readonly bias?: LayerWeight };

function denseWeights(features: number, units: number, useBias: boolean, config: DenseConfig): DenseWeights {
  const kernel = declared({ axes: { features, units }, init: "glorotUniform" }, "kernel", config);
  return useBias ? { kernel, bias: declared({ axes: { units }, init: "zeros" }, "bias", config) } : { kernel };
}
