// A learnt vector for each place in a sequence.
import { broadcastTo, gather, slice, SluiceError, type WeightTensors } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer } from "./callable.ts";
import { sequenceOf } from "./checks.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { position, positionIn } from "./position.ts";
import { declared, weightTable, type WeightOptions } from "./weightOptions.ts";

export interface PositionEmbeddingConfig extends WeightOptions<"embeddings"> {
  /** Steps at most: there is a vector for each. */
  readonly sequenceLength: number;
  readonly name?: string;
}

export const positionEmbeddingTable = {
  sequenceLength: required(size),
  ...weightTable("embeddings"),
  name: optional(layerName),
} satisfies Table<PositionEmbeddingConfig>;

/**
 * The learnt vector of each step's place, whatever the step holds (Devlin et al. 2019), to be added to it: as KerasHub's layer, whose `initializer` is
 * `embeddingsInitializer` here.
 *
 * x [batch, steps, features] → the same shape. `embeddings` [sequenceLength, features] starts Glorot uniform.
 * Throws INVALID_ARGUMENT for a `sequenceLength` below 1; at build SHAPE_MISMATCH for a sample that is not [steps, features] or has more steps, DTYPE_MISMATCH
 * for indices. In a stream a step past the last place is NaN.
 *
 * ```ts
 * const placed = add()([words, positionEmbedding({ sequenceLength: 128 })(words)]);
 * ```
 */
export function positionEmbedding<const N extends LayerName = undefined>(
  options: PositionEmbeddingConfig & Naming<N>,
): KnownLayer<"positionEmbedding", N, { readonly embeddings: LayerWeight }> {
  const config = namedOptions<PositionEmbeddingConfig, N>("positionEmbedding", positionEmbeddingTable, options),
    { sequenceLength } = config;
  return layer({
    kind: "positionEmbedding",
    config,
    build(input, who) {
      const [steps, features] = sequenceOf(who, input);
      if (steps > sequenceLength) throw tooLong(who, steps, sequenceLength);
      const weights = {
        embeddings: declared({ axes: { places: sequenceLength, features }, init: "glorotUniform" }, "embeddings", config),
      };
      return {
        output: input,
        weights,
        apply: ({ embeddings }: WeightTensors<typeof weights>, x) => broadcastTo(slice(embeddings, 0, 0, steps), x.shape),
        stepwise: () => ({
          state: { position },
          step(own, _, { state }) {
            const { embeddings } = own as WeightTensors<typeof weights>, // as declared above
              at = positionIn(state);
            return { output: gather(embeddings, at), state: { position: at.add(1) } };
          },
        }),
      };
    },
  });
}

function tooLong(who: string, steps: number, sequenceLength: number): SluiceError {
  return new SluiceError({
    code: "SHAPE_MISMATCH",
    who,
    what: `has places for ${sequenceLength} steps, got ${steps}`,
    fix: "Let sequenceLength be the most steps that a sequence has",
    facts: { steps, sequenceLength },
  });
}
