// A transposed convolution over steps: more steps than before.
import { conv1dTranspose, greaterEqual, iota, less, pad, where, type Tensor, type WeightTensors } from "@sluice/core";
import { oneOf, size } from "@sluice/core/arguments";
import { filled, preset, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer, masked } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import { biased, biasOf, convolutionTable, type ConvolutionConfig } from "./convolution.ts";
import { flags, zeroed } from "./counted.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { endOf } from "./stepEnds.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface Conv1DTransposeConfig extends Omit<ConvolutionConfig, "padding">, WeightOptions<"kernel"> {
  /** How many features come out. */
  readonly filters: number;
  /** "valid": whole windows; "same": steps·strides. Default "valid". */
  readonly padding?: "valid" | "same";
}

export const conv1DTransposeTable = {
  filters: required(size),
  ...convolutionTable,
  ...weightTable("kernel"),
  padding: preset(oneOf("valid", "same"), "valid"),
} satisfies Table<Conv1DTransposeConfig>;

/**
 * activation(y + bias), where each step of x gives x[t]·kernel[k] to y[t·strides + k·dilationRate]: `conv1dTranspose` of core.
 *
 * x [batch, steps, input] → [batch, steps·strides + max(0, reach − strides), filters], reach being (kernelSize − 1)·dilationRate + 1; with "same"
 * [batch, steps·strides, filters]. `kernel` [kernelSize, filters, input] starts Glorot uniform, `bias` [filters] at zero. Steps that do not count give
 * nothing; `strides` steps count for each that does, and with "valid" what its last one reaches beyond them. It does not go one step at a time.
 * Throws INVALID_ARGUMENT for sizes below 1; at build SHAPE_MISMATCH for a sample that is not [steps, input], DTYPE_MISMATCH for indices.
 */
export function conv1DTranspose<const N extends LayerName = undefined>(
  options: Conv1DTransposeConfig & Naming<N>,
): KnownLayer<"conv1DTranspose", N, Conv1DTransposeWeights> {
  const config = namedOptions<Conv1DTransposeConfig, N>("conv1DTranspose", conv1DTransposeTable, options),
    all = filled(conv1DTransposeTable, config),
    { filters, kernelSize, strides, dilationRate, padding, activation, activityRegularizer } = all;
  const beyond = padding === "same" ? 0 : Math.max(0, (kernelSize - 1) * dilationRate + 1 - strides),
    how = { stride: strides, dilation: dilationRate, padding };
  return layer({
    kind: "conv1DTranspose",
    config,
    build(input, who) {
      const [steps, features] = sequenceOf(who, input);
      const kernel = declared({ axes: { kernelSize, filters, input: features }, init: "glorotUniform" }, "kernel", config);
      const weights: Conv1DTransposeWeights = { kernel, ...biasOf(filters, all) };
      return {
        output: { ...input, shape: [steps * strides + beyond, filters], axes: [input.axes[0] ?? "steps", "filters"] },
        weights,
        ...{ activation, activityRegularizer },
        apply: (w: WeightTensors<typeof weights>, x, { mask }) =>
          masked(biased(conv1dTranspose(zeroed(x, mask), w.kernel, how), w.bias), mask && whole(mask, x)),
      };
    },
  });

  /** `strides` for each step, and what lies `beyond` the end of a row. */
  function whole(mask: Tensor, x: Tensor): Tensor {
    const [batch = 0, steps = 0] = mask.shape;
    const each = flags(mask, x)
      .expand(2)
      .broadcastTo([batch, steps, strides])
      .reshape([batch, steps * strides]);
    if (beyond === 0) return each;
    const at = iota(steps * strides + beyond, x.dtype),
      end = endOf(mask, x).mul(strides);
    const isBehind = where(greaterEqual(at, end), less(at, end.add(beyond)), 0);
    return where(
      isBehind,
      greaterEqual(end, 1),
      pad(each, [
        [0, 0],
        [0, beyond],
      ]),
    ); // prettier-ignore -- nothing comes of a row of nothing
  }
}

type Conv1DTransposeWeights = { readonly kernel: LayerWeight; readonly bias?: LayerWeight };
