// A learnt vector for each index.
import { gather, SluiceError, type Weight, type WeightTensors } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { given, optional, required, type Table } from "../options/table.ts";
import { checkedLayer, type Layer } from "./layer.ts";

export interface EmbeddingConfig {
  /** How many indices there are: they lie in 0 … inputDim − 1. */
  readonly inputDim: number;
  readonly outputDim: number;
  readonly name?: string;
}

export const embeddingTable = {
  inputDim: required(size),
  outputDim: required(size),
  name: optional(layerName),
} satisfies Table<EmbeddingConfig>;

/**
 * The rows of a learnt table, by index.
 *
 * x [batch, …] of i32 → [batch, …, units]; `embeddings` [indices, units] starts uniform in ±0.05, as Keras's does.
 * Throws INVALID_ARGUMENT for a size below 1; at build DTYPE_MISMATCH for numbers that are no indices. Data with an
 * index outside the table is refused before it runs (INDEX_OUT_OF_RANGE).
 */
export function embedding(options: EmbeddingConfig): Layer {
  const config = given("embedding", embeddingTable, options),
    { inputDim, outputDim } = config;
  const table: Weight = { axes: { indices: inputDim, units: outputDim }, init: { uniform: 0.05 } };
  const weights = { embeddings: table };
  return checkedLayer({
    kind: "embedding",
    config,
    indices: inputDim,
    build(input, who) {
      if (input.dtype !== "i32") throw notIndices(who);
      return {
        output: { shape: [...input.shape, outputDim], axes: [...input.axes, "units"], dtype: "float" },
        weights,
        apply: ({ embeddings }: WeightTensors<typeof weights>, x) => gather(embeddings, x),
      };
    },
  });
}

function notIndices(who: string): SluiceError {
  const fix = 'Let it be the first layer, or write input({ shape, dtype: "i32" }) before it';
  return new SluiceError({ code: "DTYPE_MISMATCH", who, what: "reads indices (i32), got numbers", fix });
}
