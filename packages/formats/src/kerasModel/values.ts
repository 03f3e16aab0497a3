// Tensors of Keras as values of a graph here, with what Keras knows of their masks.
import type { Symbolic } from "@sluice/nn";

/** How a mask is made: equal masks are equal texts, as "≠(input/0/0, 0)". */
export type MaskOf = string;

export interface Value {
  readonly symbol: Symbolic;
  readonly mask: MaskOf | undefined;
  /** Whether what stands at steps that do not count is what Keras has there. */
  readonly isSame: boolean;
  /** Which of Keras's tensors it is: "layer/use/output". */
  readonly key?: string;
}

/** A mask is there where a file has the operations that make it. */
export type Given =
  | { readonly value: Value }
  | { readonly mask: MaskOf }
  | { readonly list: readonly Given[] }
  | { readonly record: ReadonlyMap<string, Given> }
  | { readonly plain: unknown };

export function unmasked(symbol: Symbolic): Value {
  return { symbol, mask: undefined, isSame: true };
}

export function valuesIn(given: Given | undefined): readonly Value[] {
  if (given === undefined || "plain" in given || "mask" in given) return [];
  if ("value" in given) return [given.value];
  return ("list" in given ? given.list : [...given.record.values()]).flatMap(valuesIn);
}

/** What a call names as masks: undefined for one that is null. */
export function masksIn(given: Given | undefined): readonly (MaskOf | undefined)[] {
  if (given === undefined) return [];
  if ("mask" in given) return [given.mask];
  if ("list" in given) return given.list.flatMap(masksIn);
  return "record" in given ? [...given.record.values()].flatMap(masksIn) : [undefined];
}

/** What Keras does with masks as functions of tensors: those that a model's file has where a layer is given one. */
export const maskOperations: Readonly<Record<string, (args: readonly string[]) => MaskOf>> = {
  ...{ ExpandDims: ([mask = ""]) => `wide(${mask})`, ZerosLike: () => "zeros", OnesLike: () => "ones" },
  Concatenate: ([first = "", ...more]) =>
    more.every((mask) => mask === first || mask === "-1") ? first : `concat(${[first, ...more].join(", ")})`,
  NotEqual: ([x = "", value = ""]) => notEqual(x, value),
  Any: ([mask = ""]) => /^wide\((.*)\)$/.exec(mask)?.[1] ?? `any(${mask})`,
  LogicalOr: ([a = "", b = ""]) => (a === b || b === "zeros" ? a : `or(${a}, ${b})`),
  LogicalAnd: ([a = "", b = ""]) => (a === b ? a : `and(${a}, ${b})`),
  ConvertToTensor: ([mask = ""]) => mask,
};

/** That of an Embedding with mask_zero, and within `any` that of a Masking. */
export function notEqual(key: string, value: string): MaskOf {
  return `≠(${key}, ${value})`;
}
