// A learnt vector for each index.
import { gather, SluiceError, type Weight, type WeightTensors } from "@sluice/core";
import { checkSize } from "@sluice/core/arguments";
import type { Layer } from "./layer.ts";

export interface EmbeddingConfig {
  /** How many indices there are: they lie in 0 … inputDim − 1. */
  readonly inputDim: number;
  readonly outputDim: number;
  readonly name?: string;
}

/**
 * The rows of a learnt table, by index.
 *
 * x [batch, …] of i32 → [batch, …, units]; `embeddings` [indices, units] starts uniform in ±0.05, as Keras's does.
 * Throws INVALID_ARGUMENT for a size below 1; at build DTYPE_MISMATCH for numbers that are no indices. Data with an
 * index outside the table is refused before it runs (INDEX_OUT_OF_RANGE).
 */
export function embedding(config: EmbeddingConfig): Layer {
  const { inputDim, outputDim } = config;
  checkSize("embedding", "inputDim", inputDim);
  checkSize("embedding", "outputDim", outputDim);
  const table: Weight = { axes: { indices: inputDim, units: outputDim }, init: { uniform: 0.05 } };
  const weights = { embeddings: table };
  return {
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
  };
}

function notIndices(who: string): SluiceError {
  const fix = 'Let it be the first layer, or write input({ shape, dtype: "i32" }) before it';
  return new SluiceError({ code: "DTYPE_MISMATCH", who, what: "reads indices (i32), got numbers", fix });
}
