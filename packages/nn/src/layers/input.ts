// Fixes what a sample looks like, so that a model is built before it has seen data.
import { checkSize } from "@sluice/core/arguments";
import { shapeMismatch, type Layer } from "./layer.ts";
import { describe, specOf, type Kind } from "./spec.ts";

export interface InputConfig {
  /** A sample's shape, without the batch. */
  readonly shape: readonly number[];
  /** "float" (default): numbers in the model's own floating type. "i32": indices. */
  readonly dtype?: Kind;
  readonly name?: string;
}

/**
 * What the first layer reads: x [batch, …shape]. Optional; without it a model takes the shape of the first data it gets.
 *
 * Throws INVALID_ARGUMENT for a size below 1, and SHAPE_MISMATCH when the model is given samples of another shape.
 */
export function input(config: InputConfig): Layer {
  config.shape.forEach((size, d) => checkSize("input", `shape[${d}]`, size));
  const spec = specOf(config.shape, config.dtype ?? "float");
  return {
    kind: "input",
    config,
    input: spec,
    build(given, who) {
      const same = given.shape.length === spec.shape.length && given.shape.every((size, d) => size === spec.shape[d]);
      if (!same) throw shapeMismatch(who, `x ${describe(spec)}`, given);
      return { output: spec, weights: {}, apply: (_, x) => x };
    },
  };
}
