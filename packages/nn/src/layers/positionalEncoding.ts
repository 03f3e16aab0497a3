// Where in the sequence a step stands.
import { gather, sinusoidalPositions, type Tensor } from "@sluice/core";
import { layerName } from "../options/rules.ts";
import { optional, type Table } from "../options/table.ts";
import { layer } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import type { KnownLayer, LayerName, Naming, NoWeights } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { position, positionIn, stepsAtMost } from "./position.ts";

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
export function positionalEncoding<const N extends LayerName = undefined>(
  options: PositionalEncodingConfig & Naming<N> = {},
): KnownLayer<"positionalEncoding", N, NoWeights> {
  const config = namedOptions<PositionalEncodingConfig, N>("positionalEncoding", positionalEncodingTable, options);
  return layer({
    kind: "positionalEncoding",
    config,
    build(input, who) {
      const [steps, features] = sequenceOf(who, input);
      const table = (count: number, { dtype }: Tensor): Tensor => sinusoidalPositions(count, features, dtype === "f64" ? "f64" : "f32");
      return {
        output: input,
        weights: {},
        apply: (_, x) => x.add(table(steps, x)),
        stepwise: ({ maxSteps }) => ({
          state: { position },
          step(_, x, { state }) {
            const at = positionIn(state);
            return { output: x.add(gather(table(stepsAtMost(who, maxSteps), x), at)), state: { position: at.add(1) } };
          },
        }),
      };
    },
  });
}
