// What a model reads.
import { oneOf } from "@sluice/core/arguments";
import { sizes, layerName } from "../options/rules.ts";
import { given, optional, type Table } from "../options/table.ts";
import { shapeMismatch } from "./checks.ts";
import type { Known, LayerName, Naming, NoWeights } from "./known.ts";
import { Symbolic, type LayerDefinition } from "./layer.ts";
import { describe, specOf, type Kind, type Spec } from "./spec.ts";

export interface InputConfig {
  /** A sample's shape, without the batch. Default that of the first data; with it a model is built before it has seen any. */
  readonly shape?: readonly number[];
  /** "float": numbers in the model's own floating type. "i32": indices. Default "float" with a shape, otherwise what the layers read that it goes to. */
  readonly dtype?: Kind;
  readonly name?: string;
}

export const inputTable = {
  shape: optional(sizes),
  dtype: optional(oneOf("float", "i32")),
  name: optional(layerName),
} satisfies Table<InputConfig>;

/** A layer, to stand first in `sequential`, and a value, to call layers on. */
export interface Input extends Symbolic, LayerDefinition {
  readonly config: InputConfig;
}

/**
 * What a model reads: x [batch, …shape]. In `sequential` it may be left out.
 *
 * Throws INVALID_ARGUMENT for a size below 1, and SHAPE_MISMATCH when the model is given samples of another shape.
 */
export function input<const N extends LayerName = undefined>(options: InputConfig & Naming<N> = {}): Input & Known<"input", N, NoWeights> {
  const config = given<InputConfig>("input", inputTable, options),
    { shape, dtype } = config,
    spec = shape && specOf(shape, dtype ?? "float");
  const definition: LayerDefinition & { readonly config: InputConfig } = {
    kind: "input",
    config,
    ...(spec !== undefined && { input: spec }),
    build(sample, who) {
      if (spec !== undefined && !isLike(sample, spec)) throw shapeMismatch(who, `x ${describe(spec)}`, sample);
      return {
        output: { ...sample, ...(spec && { axes: spec.axes }), dtype: spec?.dtype ?? dtype ?? sample.dtype },
        weights: {},
        stepwise: "pointwise",
        apply: (_, x) => x,
      };
    },
  };
  return Object.assign(new Symbolic(), definition);
}

/** Of the same shape, or of its first steps. */
function isLike({ shape, isCut = false }: Spec, wanted: Spec): boolean {
  const fits = (size: number, d: number): boolean => size === wanted.shape[d] || (isCut && d === 0 && size < (wanted.shape[0] ?? 0));
  return shape.length === wanted.shape.length && shape.every(fits);
}
