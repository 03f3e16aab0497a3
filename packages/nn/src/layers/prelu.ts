// The rectifier that learns how much of what is negative it lets through, as a layer.
import { less, mul, type Tensor, where, type Weight, type WeightTensors } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import { layerName, listOf } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { checkNumbers, shapeMismatch } from "./checks.ts";
import { zeroed } from "./counted.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { axesBy } from "./spec.ts";
import { namedOptions } from "./namedOptions.ts";

export interface PreluConfig {
  /** Axes along which one alpha serves all, the batch counted as axis 0: [1] for one alpha per feature of [batch, steps, features]. Default none. */
  readonly sharedAxes?: readonly number[];
  readonly name?: string;
}

export const preluTable = {
  sharedAxes: preset(listOf(size, "a list of axes, each at least 1"), []),
  name: optional(layerName),
} satisfies Table<PreluConfig>;

/**
 * x where it is above 0, alpha · x elsewhere (He et al. 2015), with a learnt alpha for each element of a sample.
 *
 * x [batch, …] → the same shape. `alpha` […], with size 1 along `sharedAxes`, starts at zero. It runs one step at a time where the steps share it.
 * Throws INVALID_ARGUMENT for axes below 1; at build SHAPE_MISMATCH for axes that a sample has not, DTYPE_MISMATCH for indices.
 */
export function prelu<const N extends LayerName = undefined>(options: PreluConfig & Naming<N> = {}): KnownLayer<"prelu", N, PreluWeights> {
  const config = namedOptions<PreluConfig, N>("prelu", preluTable, options),
    { sharedAxes } = filled(preluTable, config);
  return layer({
    kind: "prelu",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const most = Math.max(0, ...sharedAxes);
      if (most > input.shape.length) throw shapeMismatch(who, `an axis ${most} beside the batch`, input);
      const each = input.shape.map((n, axis) => [input.axes[axis] ?? `axis${axis + 1}`, sharedAxes.includes(axis + 1) ? 1 : n] as const);
      const weights: PreluWeights = { alpha: { axes: axesBy(each), init: "zeros" } };
      const isAlikeInSteps = input.axes[0] !== "steps" || sharedAxes.includes(1);
      return {
        output: input,
        weights,
        ...(isAlikeInSteps && { stepwise: "pointwise" as const }),
        apply: ({ alpha }: WeightTensors<typeof weights>, x, { mask }) => leaky(zeroed(x, mask), alpha), // alpha's gradient is made of x
      };
    },
  });
}

/** One step has no axis of steps: alpha loses its own. */
function leaky(x: Tensor, alpha: Tensor): Tensor {
  return where(less(0, x), x, mul(x.rank === alpha.rank ? alpha.reshape(alpha.shape.slice(1)) : alpha, x));
}

type PreluWeights = { readonly alpha: Weight };
