// Zeros before and after the steps.
import { greaterEqual, iota, less, pad, where, type Tensor } from "@sluice/core";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import { flags, zeroed } from "./counted.ts";
import { bothEnds, endOf, ends, type BothEnds } from "./stepEnds.ts";

export interface ZeroPadding1DConfig {
  /** Steps before and after, or as many on both sides. Default 1. */
  readonly padding?: BothEnds;
  readonly name?: string;
}

export const zeroPadding1DTable = {
  padding: preset(bothEnds, 1),
  name: optional(layerName),
} satisfies Table<ZeroPadding1DConfig>;

/**
 * x with steps of zeros before and after.
 *
 * x [batch, steps, features] → [batch, before + steps + after, features]. The zeros count: those after a row stand behind its last step that counts. No
 * weights; it does not go one step at a time.
 * Throws INVALID_ARGUMENT for a padding that is none; at build SHAPE_MISMATCH for a sample that is not [steps, features], DTYPE_MISMATCH for indices.
 */
export function zeroPadding1D<const N extends LayerName = undefined>(
  options: ZeroPadding1DConfig & Naming<N> = {},
): KnownLayer<"zeroPadding1D", N, NoWeights> {
  const config = namedOptions<ZeroPadding1DConfig, N>("zeroPadding1D", zeroPadding1DTable, options),
    [before, after] = ends(filled(zeroPadding1DTable, config).padding);
  return layer({
    kind: "zeroPadding1D",
    config,
    build(input, who) {
      const [steps, features] = sequenceOf(who, input);
      return {
        output: { ...input, shape: [before + steps + after, features] },
        weights: {},
        apply: (_, x, { mask }) =>
          masked(
            pad(zeroed(x, mask), [
              [0, 0],
              [before, after],
              [0, 0],
            ]),
            mask && whole(mask, x),
          ),
      };
    },
  });

  /** What counted, the zeros before it, and those behind its end. */
  function whole(mask: Tensor, x: Tensor): Tensor {
    const at = iota(before + (mask.shape[1] ?? 0) + after, x.dtype).sub(before),
      end = endOf(mask, x);
    const moved = pad(flags(mask, x), [[0, 0], [before, after]]); // prettier-ignore
    const isBehind = where(greaterEqual(at, end), less(at, end.add(after)), 0);
    return where(less(at, 0), 1, where(isBehind, 1, moved));
  }
}
