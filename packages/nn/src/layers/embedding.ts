// A learnt vector for each index.
import { cast, gather, notEqual, SluiceError, where, type WeightTensors } from "@sluice/core";
import { count, size } from "@sluice/core/arguments";
import { layerName } from "../options/rules.ts";
import { optional, required, type Table } from "../options/table.ts";
import type { LayerWeight } from "../weights/layerWeight.ts";
import { layer, masked } from "./callable.ts";
import type { KnownLayer, LayerName, Naming } from "./known.ts";
import { namedOptions } from "./namedOptions.ts";
import { activityTable, declared, weightTable, type ActivityOption, type WeightOptions } from "./weightOptions.ts";

export interface EmbeddingConfig extends WeightOptions<"embeddings">, ActivityOption {
  /** How many indices there are: they lie in 0 … inputDim − 1. */
  readonly inputDim: number;
  readonly outputDim: number;
  /** The index that stands where nothing is, such as the padding of sequences: such steps do not count from here on. In a stream each step counts. Default none. */
  readonly maskIndex?: number;
  readonly name?: string;
}

export const embeddingTable = {
  inputDim: required(size),
  outputDim: required(size),
  maskIndex: optional(count),
  ...weightTable("embeddings"),
  ...activityTable,
  name: optional(layerName),
} satisfies Table<EmbeddingConfig>;

/**
 * The rows of a learnt table, by index.
 *
 * x [batch, …] of i32 → [batch, …, units]; `embeddings` [indices, units] starts uniform in ±0.05, as Keras's does.
 * Throws INVALID_ARGUMENT for a size below 1 or a `maskIndex` outside the table; at build DTYPE_MISMATCH for numbers that are no indices. Data with an
 * index outside the table is refused before it runs (INDEX_OUT_OF_RANGE).
 */
export function embedding<const N extends LayerName = undefined>(
  options: EmbeddingConfig & Naming<N>,
): KnownLayer<"embedding", N, { readonly embeddings: LayerWeight }> {
  const config = namedOptions<EmbeddingConfig, N>("embedding", embeddingTable, options),
    { inputDim, outputDim, maskIndex, activityRegularizer } = config;
  if (maskIndex !== undefined && maskIndex >= inputDim) throw outside(maskIndex, inputDim);
  const weights = {
    embeddings: declared({ axes: { indices: inputDim, units: outputDim }, init: { uniform: 0.05 } }, "embeddings", config),
  };
  return layer({
    kind: "embedding",
    config,
    indices: inputDim,
    build(input, who) {
      if (input.dtype !== "i32") throw notIndices(who);
      const isMasking = maskIndex !== undefined && input.shape.length === 1;
      return {
        output: { shape: [...input.shape, outputDim], axes: [...input.axes, "units"], dtype: "float" },
        ...{ weights, activityRegularizer },
        stepwise: "pointwise",
        apply({ embeddings }: WeightTensors<typeof weights>, x, { mask }) {
          const rows = gather(embeddings, x);
          if (!isMasking || x.rank !== 2) return rows;
          const there = cast(notEqual(x, maskIndex), rows.dtype);
          return masked(rows, mask === undefined ? there : where(mask, there, 0));
        },
      };
    },
  });
}

function notIndices(who: string): SluiceError {
  const fix = 'Let it be the first layer, or write input({ shape, dtype: "i32" }) before it';
  return new SluiceError({ code: "DTYPE_MISMATCH", who, what: "reads indices (i32), got numbers", fix });
}

function outside(maskIndex: number, inputDim: number): SluiceError {
  const what = `maskIndex must be one of the indices 0 … ${inputDim - 1}, got ${maskIndex}`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who: "embedding", what, fix: "Let inputDim count it too" });
}
