// Fixes what a sample looks like, so that a model is built before it has seen data.
import { oneOf } from "@sluice/core/arguments";
import { sizes, layerName } from "../options/rules.ts";
import { filled, given, optional, preset, required, type Table } from "../options/table.ts";
import { checkedLayer, shapeMismatch, type Layer } from "./layer.ts";
import { describe, specOf, type Kind } from "./spec.ts";

export interface InputConfig {
  /** A sample's shape, without the batch. */
  readonly shape: readonly number[];
  /** "float" (default): numbers in the model's own floating type. "i32": indices. */
  readonly dtype?: Kind;
  readonly name?: string;
}

export const inputTable = {
  shape: required(sizes),
  dtype: preset(oneOf("float", "i32"), "float"),
  name: optional(layerName),
} satisfies Table<InputConfig>;

/**
 * What the first layer reads: x [batch, …shape]. Optional; without it a model takes the shape of the first data it gets.
 *
 * Throws INVALID_ARGUMENT for a size below 1, and SHAPE_MISMATCH when the model is given samples of another shape.
 */
export function input(options: InputConfig): Layer {
  const config = given("input", inputTable, options),
    { shape, dtype } = filled(inputTable, config),
    spec = specOf(shape, dtype);
  return checkedLayer({
    kind: "input",
    config,
    input: spec,
    build(sample, who) {
      const same = sample.shape.length === spec.shape.length && sample.shape.every((size, d) => size === spec.shape[d]);
      if (!same) throw shapeMismatch(who, `x ${describe(spec)}`, sample);
      return { output: spec, weights: {}, apply: (_, x) => x };
    },
  });
}
