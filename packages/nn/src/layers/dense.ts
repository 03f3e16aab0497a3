// A fully connected layer.
import type { Weight, WeightTensors } from "@sluice/core";
import { boolean, size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, required, type Table } from "../options/table.ts";
import { anyActivation, type Activation } from "./activationFunction.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";

export interface DenseConfig {
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
  name: optional(layerName),
} satisfies Table<DenseConfig>;

/**
 * activation(x · kernel + bias), over the last axis of x.
 *
 * x [batch, …, features] → [batch, …, units].
 * `kernel` [features, units] starts Glorot uniform (Glorot & Bengio 2010), `bias` [units] at zero.
 * Throws INVALID_ARGUMENT for `units` below 1 or an unknown activation; at build SHAPE_MISMATCH for a sample without
 * axes and DTYPE_MISMATCH for indices.
 */
export function dense<const N extends LayerName = undefined>(options: DenseConfig & Naming<N>): KnownLayer<"dense", N, DenseWeights> {
  const config = namedOptions<DenseConfig, N>("dense", denseTable, options),
    { units, useBias, activation } = filled(denseTable, config);
  return layer({
    kind: "dense",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const features = input.shape.at(-1);
      if (features === undefined) throw shapeMismatch(who, "x [batch, …, features]", input);
      const weights = denseWeights(features, units, useBias);
      return {
        output: { ...input, shape: [...input.shape.slice(0, -1), units], axes: [...input.axes.slice(0, -1), "units"] },
        weights,
        activation,
        stepwise: "pointwise",
        apply: ({ kernel, bias }: WeightTensors<typeof weights>, x) => (bias === undefined ? x.dot(kernel) : x.dot(kernel).add(bias)),
      };
    },
  });
}

type DenseWeights = { readonly kernel: Weight; readonly bias?: Weight };

function denseWeights(features: number, units: number, useBias: boolean): DenseWeights {
  const kernel: Weight = { axes: { features, units }, init: "glorotUniform" };
  return useBias ? { kernel, bias: { axes: { units }, init: "zeros" } } : { kernel };
}
