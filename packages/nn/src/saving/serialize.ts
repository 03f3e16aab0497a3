// A model with its weights as bytes: a safetensors file whose metadata hold the layers.
import { boolean } from "@sluice/core/arguments";
import type { Saved } from "../model/saved.ts";
import { optionsOf, preset, type Table } from "../options/table.ts";
import { checkFinite } from "../weights/finite.ts";
import { toTensors } from "./record.ts";
import { savedOf, type Source } from "./savedOf.ts";
import { writeSafetensors, type Tensors } from "./safetensors.ts";

export interface SaveOptions {
  /** Also the optimizer's arrays and counts, so that training goes on as if it had not stopped. Default false. */
  readonly optimizer?: boolean;
  /** Save weights that are NaN or infinite too; they load only with the same option. Default false. */
  readonly allowNonFinite?: boolean;
}

export const saveTable = {
  optimizer: preset(boolean, false),
  allowNonFinite: preset(boolean, false),
} satisfies Table<SaveOptions>;

/**
 * A trainer's model with the weights it holds now, or a loaded model with those it came with.
 *
 * The bytes are a safetensors file and the caller's: weights by layer and key, "lstm.wx", each with its shape, and the
 * layers as JSON in the metadata. What is returned loads again, with the same bits. Throws INVALID_ARGUMENT for a model that has no
 * weights yet and for what a file cannot hold (a config of a layer of one's own that is no JSON, names of 32 MiB together), NOT_FINITE for
 * weights that are no numbers, OUT_OF_MEMORY where one array cannot hold it all.
 */
export async function serialize(source: Source, options: SaveOptions = {}): Promise<Uint8Array> {
  return writeSafetensors(await tensorsOf(source, options, "serialize"), "serialize");
}

/** What is written of a model or trainer, as of this call. */
export async function tensorsOf(source: Source, options: SaveOptions, who: string): Promise<Tensors> {
  const { optimizer, allowNonFinite } = optionsOf(who, saveTable, options);
  const { model, saved } = await savedOf(who, source, { optimizer });
  const { training, ...rest } = saved;
  const kept: Saved = optimizer && training !== undefined ? { ...rest, training } : rest;
  const file = toTensors(model, kept, who);
  if (!allowNonFinite) for (const [name, array] of Object.entries(file.tensors)) checkFinite(array, name, who);
  return file;
}
