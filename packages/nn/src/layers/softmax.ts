// Softmax over an axis, as a layer.
import { exp, less, max, softmax as normalised, stopGradient, sum, type Tensor, where } from "@sluice/core";
import { broadcastLeading } from "../measures/broadcastLeading.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { anyAxis, axesOf, holdsSteps } from "./axes.ts";
import { checkNumbers } from "./checks.ts";

export interface SoftmaxConfig {
  /** What adds up to 1, the batch counted as axis 0, which may not; negative ones count from the end. Default −1. */
  readonly axis?: number;
  readonly name?: string;
}

export const softmaxTable = {
  axis: preset(anyAxis, -1),
  name: optional(layerName),
} satisfies Table<SoftmaxConfig>;

/**
 * eˣ / Σ eˣ along an axis, as Keras's Softmax. Along the last one a loss over classes reads what lies in front of it, as with the activation; along the
 * steps those that do not count are hidden: they are 0, and so are all where none counts.
 *
 * x [batch, …] → the same shape. No weights. Along the steps it reads all of them, and does not go one at a time.
 * Throws INVALID_ARGUMENT for axis 0; at build SHAPE_MISMATCH for an axis that a sample has not, DTYPE_MISMATCH for indices.
 */
export function softmax<const N extends LayerName = undefined>(
  options: SoftmaxConfig & Naming<N> = {},
): KnownLayer<"softmax", N, NoWeights> {
  const config = namedOptions<SoftmaxConfig, N>("softmax", softmaxTable, options),
    { axis } = filled(softmaxTable, config);
  return layer({
    kind: "softmax",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const axes = axesOf(who, axis, input),
        [along = -1] = axes,
        isAlongSteps = holdsSteps(axes, input);
      if (along === -1 && !isAlongSteps)
        return { output: input, weights: {}, activation: "softmax", stepwise: "pointwise", apply: (_, x) => x };
      return {
        output: input,
        weights: {},
        ...(!isAlongSteps && { stepwise: "pointwise" as const }),
        apply: (_, x, { mask }) => (isAlongSteps && mask !== undefined ? hidden(x, mask) : normalised(x, along)),
      };
    },
  });
}

/** Over the steps that count, [batch, steps, …]. What stands at others, NaN included, is looked at nowhere. */
function hidden(x: Tensor, mask: Tensor): Tensor {
  const counts = broadcastLeading(mask, x.shape);
  const most = stopGradient(max(where(counts, x, -Infinity), 1, { keepDims: true }));
  const highest = where(less(-Infinity, most), most, 0); // of no step
  const e = where(counts, exp(where(counts, x, highest).sub(highest)), 0),
    total = sum(e, 1, { keepDims: true });
  return e.div(where(less(0, total), total, 1));
}
