// Steps left out at the beginning and at the end.
import { iota, less, where, type Tensor } from "@sluice/core";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { layerName } from "../options/rules.ts";
import { filled, optional, preset, type Table } from "../options/table.ts";
import { layer, masked } from "./callable.ts";
import { sequenceOf, shapeMismatch } from "./checks.ts";
import { flags } from "./counted.ts";
import { bothEnds, endOf, ends, type BothEnds } from "./stepEnds.ts";

export interface Cropping1DConfig {
  /** Steps to leave out at the beginning and at the end, or as many at both. Default 1. */
  readonly cropping?: BothEnds;
  readonly name?: string;
}

export const cropping1DTable = {
  cropping: preset(bothEnds, 1),
  name: optional(layerName),
} satisfies Table<Cropping1DConfig>;

/**
 * x without its first and last steps.
 *
 * x [batch, steps, features] → [batch, steps − before − after, features]. The last steps of a row are those before its end, behind the last step that
 * counts. No weights; it does not go one step at a time.
 * Throws INVALID_ARGUMENT for a cropping that is none; at build SHAPE_MISMATCH for a sample that is not [steps, features] or of which nothing is left,
 * DTYPE_MISMATCH for indices.
 */
export function cropping1D<const N extends LayerName = undefined>(
  options: Cropping1DConfig & Naming<N> = {},
): KnownLayer<"cropping1D", N, NoWeights> {
  const config = namedOptions<Cropping1DConfig, N>("cropping1D", cropping1DTable, options),
    [before, after] = ends(filled(cropping1DTable, config).cropping);
  return layer({
    kind: "cropping1D",
    config,
    build(input, who) {
      const [steps, features] = sequenceOf(who, input),
        left = steps - before - after;
      if (left < 1) throw shapeMismatch(who, `x [batch, steps of at least ${before + after + 1}, features]`, input);
      const cut = (t: Tensor): Tensor => t.slice(1, before, before + left);
      return {
        output: { ...input, shape: [left, features] },
        weights: {},
        apply(_, x, { mask }) {
          if (mask === undefined) return masked(cut(x), undefined);
          const isBefore = less(iota(left, x.dtype).add(before + after), endOf(mask, x));
          return masked(cut(x), where(isBefore, cut(flags(mask, x)), 0));
        },
      };
    },
  });
}
