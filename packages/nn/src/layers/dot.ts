// Products of two values, summed along an axis of each.
import { div, maximum, sqrt, square, type Tensor } from "@sluice/core";
import { boolean, refused, type Rule } from "@sluice/core/arguments";
import { either, layerName } from "../options/rules.ts";
import { filled, given, optional, preset, required, type Table } from "../options/table.ts";
import { anyAxis, axesOf } from "./axes.ts";
import { layer, masked } from "./callable.ts";
import { zeroed } from "./counted.ts";
import type { LayerName, NoWeights } from "./known.ts";
import type { MergeLayer } from "./merge.ts";
import { severalOf, unlike } from "./several.ts";
import type { Spec } from "./spec.ts";

export interface DotConfig {
  /** The axis of both, or of each, the batch counted as axis 0, which may not be it; negative ones count from the end. */
  readonly axes: number | readonly [number, number];
  /** Bring both to length 1 along it first: the product is then the cosine of their angle. Default false. */
  readonly normalize?: boolean;
  readonly name?: string;
}

const pair: Rule<readonly [number, number]> = {
  expected: "a list of two such numbers",
  accepts: (value): value is readonly [number, number] => Array.isArray(value) && value.length === 2 && value.every(anyAxis.accepts),
};

export const dotTable = {
  axes: required(either(anyAxis, pair)),
  normalize: preset(boolean, false),
  name: optional(layerName),
} satisfies Table<DotConfig>;

/**
 * Σ x₀·x₁ along an axis of each.
 *
 * x a list of two values [batch, …], of equal size along their axis → [batch, …rest of x₀, …rest of x₁]; [batch, 1] where nothing is left. What stands at
 * steps that do not count is 0. Where the first axis that is left is that of the steps, their mask stays. No weights; it does not go one step at a time.
 * Throws INVALID_ARGUMENT for axis 0; at build INVALID_ARGUMENT for what is no list of two, SHAPE_MISMATCH for an axis that one lacks or that differ in
 * size, DTYPE_MISMATCH for indices.
 *
 * ```ts
 * const similarity = dot({ axes: -1, normalize: true })([query, answer]);
 * ```
 */
export function dot(options: DotConfig): MergeLayer {
  const config = given("dot", dotTable, options),
    { axes, normalize } = filled(dotTable, config);
  return layer<readonly Spec[], NoWeights, string, LayerName>({
    kind: "dot",
    config,
    takes: "list",
    build(input, who) {
      const samples = severalOf(who, input),
        [first, second] = samples;
      if (first === undefined || second === undefined || samples.length !== 2) throw refused(who, "x", samples.map(({ shape }) => shape), "a list of 2 values"); // prettier-ignore
      const given = typeof axes === "number" ? ([axes, axes] as const) : axes;
      const [a = -1] = axesOf(who, given[0], first),
        [b = -1] = axesOf(who, given[1], second);
      if (first.shape.at(a) !== second.shape.at(b)) throw unlike(who, `equal sizes along axes ${given.join(" and ")}`, samples, 0, 1);
      const rest = [without(first.shape, a), without(second.shape, b)].flat(),
        names = [without(first.axes, a), without(second.axes, b)].flat();
      const output: Spec =
        rest.length === 0 ? { shape: [1], axes: ["features"], dtype: "float" } : { shape: rest, axes: names, dtype: "float" };
      const isOfFirst = first.shape.length > 1 && a !== -first.shape.length; // whose steps are still in front
      return {
        output,
        weights: {},
        apply(_, xs, { masks: each }) {
          const masks = (each ?? []) as readonly (Tensor | undefined)[]; // in the tree of x
          const [left, right] = xs.map((x, i) => rows(x, i === 0 ? a : b, masks[i])) as [Tensor, Tensor]; // there are two
          const product = left.matmul(right.transpose([0, 2, 1]));
          const mask = isOfFirst ? masks[0] : first.shape.length === 1 && b !== -second.shape.length ? masks[1] : undefined;
          return masked(product.reshape([product.shape[0] ?? 0, ...output.shape]), output.axes[0] === "steps" ? mask : undefined);
        },
      };
    },
  });

  /** [batch, …] → [batch, rest, summed], of length 1 where that was asked for. */
  function rows(x: Tensor, axis: number, mask: Tensor | undefined): Tensor {
    const at = axis + x.rank,
      order = [...without([...x.shape.keys()], axis), at];
    const read = zeroed(x, mask).transpose(order);
    const [batch = 0] = x.shape;
    const flat = read.reshape([batch, x.size / Math.max(1, batch * (x.shape[at] ?? 1)), x.shape[at] ?? 1]);
    if (!normalize) return flat;
    return flat.mul(div(1, sqrt(maximum(square(flat).sum(-1, { keepDims: true }), 1e-12 ** 2))));
  }
}

function without<T>(list: readonly T[], fromEnd: number): T[] {
  return list.filter((_, i) => i !== list.length + fromEnd);
}
