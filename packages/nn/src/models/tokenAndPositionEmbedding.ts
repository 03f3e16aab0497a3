// The learnt vector of an index, and that of its place.
import { count, size } from "@sluice/core/arguments";
import { add } from "../layers/add.ts";
import { embedding } from "../layers/embedding.ts";
import type { ArraysOf, Known, LayerName, Naming } from "../layers/known.ts";
import type { Layer } from "../layers/layer.ts";
import { positionEmbedding } from "../layers/positionEmbedding.ts";
import { weightTable, type WeightOptions } from "../layers/weightOptions.ts";
import { layerName } from "../options/rules.ts";
import { given, optional, required, without, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { composed } from "./composed.ts";

export interface TokenAndPositionEmbeddingConfig extends WeightOptions<"embeddings"> {
  /** How many indices there are: they lie in 0 … vocabularySize − 1. */
  readonly vocabularySize: number;
  /** Steps at most. */
  readonly sequenceLength: number;
  readonly embeddingDim: number;
  /** The index that stands where nothing is: such steps do not count from here on. Default none. */
  readonly maskIndex?: number;
  readonly name?: string;
}

const sizes = { vocabularySize: required(size), sequenceLength: required(size), embeddingDim: required(size), maskIndex: optional(count) };

export const tokenAndPositionEmbeddingTable = {
  ...sizes,
  ...weightTable("embeddings"),
  name: optional(layerName),
} satisfies Table<TokenAndPositionEmbeddingConfig>;

interface Rows {
  readonly embeddings: LayerWeight;
}

/**
 * `embedding` and `positionEmbedding`, added, as KerasHub's layer of that name.
 *
 * x [batch, steps] of i32 → [batch, steps, embeddingDim]. Weights are `tokenEmbedding` and `positionEmbedding`, of whose `embeddings` the options say how
 * they start, what their size costs and what they are kept to.
 * Throws as those two do.
 */
export function tokenAndPositionEmbedding<const N extends LayerName = undefined>(
  options: TokenAndPositionEmbeddingConfig & Naming<N>,
): Layer & Known<"tokenAndPositionEmbedding", N, ArraysOf<{ readonly tokenEmbedding: Rows; readonly positionEmbedding: Rows }>> {
  const kind = "tokenAndPositionEmbedding",
    config = given<TokenAndPositionEmbeddingConfig>(kind, tokenAndPositionEmbeddingTable, options);
  const { vocabularySize: inputDim, sequenceLength, embeddingDim: outputDim, maskIndex } = config,
    { name: _, ...rows } = without(config, sizes);
  const token = embedding({ ...rows, inputDim, outputDim, ...(maskIndex !== undefined && { maskIndex }), name: "tokenEmbedding" });
  const place = positionEmbedding({ ...rows, sequenceLength, name: "positionEmbedding" });
  return composed({
    kind,
    config,
    indices: inputDim,
    streams: true,
    compose({ x }) {
      const words = token(x);
      return { output: add()([words, place(words)]) };
    },
  }) as unknown as Layer; // a call gives one value
}
