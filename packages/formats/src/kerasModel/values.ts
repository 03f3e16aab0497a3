// Tensors of Keras as values of a graph here, with what Keras knows of their masks.
import type { Symbolic } from "@sluice/nn";

/** One for each source of masks; equal masks are the same object. */
export type MaskOf = object;

export interface Value {
  readonly symbol: Symbolic;
  readonly mask: MaskOf | undefined;
  /** Whether what stands at steps that do not count is what Keras has there. */
  readonly isSame: boolean;
}

export type Given =
  | { readonly value: Value }
  | { readonly list: readonly Given[] }
  | { readonly record: ReadonlyMap<string, Given> }
  | { readonly plain: unknown };

export function unmasked(symbol: Symbolic): Value {
  return { symbol, mask: undefined, isSame: true };
}

export function valuesIn(given: Given | undefined): readonly Value[] {
  if (given === undefined || "plain" in given) return [];
  if ("value" in given) return [given.value];
  return ("list" in given ? given.list : [...given.record.values()]).flatMap(valuesIn);
}
