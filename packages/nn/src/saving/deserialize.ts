// A model of bytes, of whatever layers come along.
import type { Model } from "../model/model.ts";
import type { Names } from "../model/names.ts";
import { optionsOf } from "../options/table.ts";
import { builtIn } from "./builtIn.ts";
import { loadTable, modelIn, type LoadOptions } from "./deserializeWith.ts";
import type { Reading } from "./record.ts";

/**
 * The model that `serialize` wrote; `compile` starts from its weights. Names of its inputs and outputs, where it has some, are yours to say as types:
 * `deserialize<"source" | "target", "next">(bytes)`.
 *
 * `bytes` is any view of memory or an ArrayBuffer; it is copied, and read in time and memory proportional to its size. At most 32 MiB of it
 * may be header (names, shapes and the layers), with at most 2²⁰ values in the description of the layers, in each other at most 32 deep.
 *
 * Throws INVALID_ARGUMENT for what is no bytes, or no longer (its buffer was transferred), FILE_CORRUPT for bytes that are cut short or damaged, FILE_FOREIGN for what Sluice did not
 * write, wrote in another version, or has layers that are not known here, and NOT_FINITE, naming the array, for weights that are no numbers.
 */
export function deserialize<I extends Names = null, O extends Names = null>(
  bytes: ArrayBufferView | ArrayBufferLike,
  options: LoadOptions = {},
): Model<I, O> {
  return modelIn("deserialize", bytes, readingOf("deserialize", options)) as unknown as Model<I, O>; // whose ends the caller knows
}

/** With all layers that come along, after the caller's own. */
export function readingOf(who: string, options: LoadOptions): Reading {
  const { layers, ...rest } = optionsOf(who, loadTable, options);
  return { ...rest, layers: { ...builtIn, ...layers } };
}
