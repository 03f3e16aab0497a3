// Who looks at what: the scores of every attention layer of a model.
import { SluiceError, type Tensor } from "@sluice/core";
import { size } from "@sluice/core/arguments";
import type { Numbers } from "@sluice/nn";
import {
  lookAtOutputs,
  optional,
  optionsOf,
  preset,
  watchLayers,
  type TrainerLike,
  type ByName,
  type Names,
  type Table,
} from "@sluice/nn/kit";
import { givenInputs, inputsTable, layerNames, type InputsOptions } from "../runs/inputsOptions.ts";
import { there } from "../runs/there.ts";

export interface AttentionMapsOptions extends InputsOptions {
  /** Rows of x, the first ones. Default 1. */
  readonly samples?: number;
  /** Names of layers. Default all that attend. */
  readonly layers?: readonly string[];
}

export const attentionMapsTable = {
  ...inputsTable,
  samples: preset(size, 1),
  layers: optional(layerNames),
} satisfies Table<AttentionMapsOptions>;

export interface AttentionMap {
  readonly layer: string;
  readonly kind: string;
  /** By row, head, query and key: how much the query looks at the key, which add up to 1 over the keys. One head where the layer has none. */
  readonly scores: readonly (readonly (readonly (readonly number[])[])[])[];
}

/**
 * What each query looks at, of every layer that gives `scores`: attention, additiveAttention, multiHeadAttention, groupQueryAttention and attentionDecoder, whose queries are the steps
 * of its output and whose keys those of its memory: an alignment. As `predict` runs the model.
 *
 * Throws INVALID_ARGUMENT for a layer that does not attend, what `predict` throws of x.
 */
export async function attentionMaps(
  trainer: TrainerLike,
  x: ByName<Names, Numbers>,
  options: AttentionMapsOptions = {},
): Promise<readonly AttentionMap[]> {
  const who = "attentionMaps";
  const { samples, lengths, layers } = optionsOf(who, attentionMapsTable, options);
  const parts: { readonly layer: string; readonly kind: string }[] = [];
  const look = await lookAtOutputs(trainer, givenInputs(x, lengths), { who, samples }, ({ apply }) => {
    const given: Record<string, Tensor> = {};
    watchLayers(
      ({ name, layer, given: { scores } }) => {
        if (scores !== undefined && layers?.includes(name) !== false)
          given[`${parts.push({ layer: name, kind: layer.kind }) - 1}`] = scores;
        return {};
      },
      () => apply(),
    );
    const missing = layers?.find((name) => !parts.some(({ layer }) => layer === name));
    if (parts.length === 0 || missing !== undefined) throw noAttention(who, missing);
    return given;
  });
  try {
    const arrays = await look.run();
    return parts.map((part, i) => {
      const { shape, data } = there(arrays[`${i}`]);
      const [rows = 0, heads = 1, queries = 0, keys = 0] = shape.length === 4 ? shape : [shape[0], 1, ...shape.slice(1)];
      const at = (row: number, head: number, query: number): readonly number[] => {
        const from = ((row * heads + head) * queries + query) * keys;
        return Array.from(data.subarray(from, from + keys), Number);
      };
      return { ...part, scores: times(rows, (row) => times(heads, (head) => times(queries, (query) => at(row, head, query)))) };
    });
  } finally {
    look.dispose();
  }
}

function times<T>(length: number, each: (i: number) => T): readonly T[] {
  return Array.from({ length }, (_, i) => each(i));
}

function noAttention(who: string, layer: string | undefined): SluiceError {
  const what = layer === undefined ? "the model has no layer that attends" : `there is no layer "${layer}" that attends`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, fix: "Name layers as model.summary() has them" });
}
