// What layers that are random in training share: something drawn for each batch, and x as it is where nothing is drawn.
import type { Shape, Tensor } from "@sluice/core";
import { layer } from "./callable.ts";
import { checkNumbers } from "./checks.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import type { RandomMask, RandomNoise } from "./layer.ts";
import type { Spec } from "./spec.ts";

export interface Noise {
  /** Undefined where it would change nothing. */
  readonly drawn: Omit<RandomMask, "shape" | "seed"> | Omit<RandomNoise, "shape" | "seed"> | undefined;
  /** What of a sample one number is drawn for. Default each element. Throws what the layer has against the input. */
  readonly shape?: (who: string, input: Spec) => Shape;
  readonly apply: (x: Tensor, drawn: Tensor) => Tensor;
}

export function noisy<const K extends string, const N extends LayerName>(
  kind: K,
  config: { readonly seed?: number; readonly name?: string } & Naming<N>,
  { drawn, shape = eachElement, apply }: Noise,
): KnownLayer<K, N, NoWeights> {
  const { seed } = config;
  return layer({
    kind,
    config,
    build(input, who) {
      const own = shape(who, input);
      return {
        output: input,
        weights: {},
        ...(drawn !== undefined && { drawn: { ...drawn, shape: own, ...(seed !== undefined && { seed }) } }),
        stepwise: "pointwise",
        apply: (_, x, given) => (given.drawn === undefined ? x : apply(x, given.drawn as Tensor)), // the one declared above
      };
    },
  });
}

function eachElement(who: string, input: Spec): Shape {
  checkNumbers(who, input);
  return input.shape;
}
