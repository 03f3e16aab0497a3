// Where in the sequence a step stands.
import { sinusoidalPositions } from "@sluice/core";
import { layerName } from "../options/rules.ts";
import { given, optional, type Table } from "../options/table.ts";
import { checkedLayer, checkNumbers, shapeMismatch, type Layer } from "./layer.ts";

export interface PositionalEncodingConfig {
  readonly name?: string;
}

export const positionalEncodingTable = { name: optional(layerName) } satisfies Table<PositionalEncodingConfig>;

/**
 * x + sines and cosines of the positions (Vaswani et al. 2017, section 3.5; `sinusoidalPositions` of core).
 *
 * x [batch, steps, features] → the same shape; no weights.
 * Throws at build: SHAPE_MISMATCH for a sample that is not [steps, features], DTYPE_MISMATCH for indices.
 */
export function positionalEncoding(options: PositionalEncodingConfig = {}): Layer {
  const config = given("positionalEncoding", positionalEncodingTable, options);
  return checkedLayer({
    kind: "positionalEncoding",
    config,
    build(input, who) {
      checkNumbers(who, input);
      const [steps, features] = input.shape;
      if (input.shape.length !== 2 || steps === undefined || features === undefined)
        throw shapeMismatch(who, "x [batch, steps, features]", input);
      return {
        output: input,
        weights: {},
        apply: (_, x) => x.add(sinusoidalPositions(steps, features, x.dtype === "f64" ? "f64" : "f32")),
      };
    },
  });
}
