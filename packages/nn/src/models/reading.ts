// How a model's input is read: as numbers, or as indices of so many.
import { maybeEntryOf } from "../host/entryOf.ts";
import type { AnyLayer, Symbolic } from "../layers/layer.ts";
import type { Kind } from "../layers/spec.ts";
import { readersOf, type Graph, type Reader } from "../model/graph.ts";

export interface Reading {
  readonly dtype: Kind;
  /** How many there are, where it holds indices. */
  readonly indices: number | undefined;
}

/** What holds its own `input(…)` says, and otherwise the layers that read it. */
export function readingOf(graph: Graph, value: Symbolic): Reading {
  const readers = readersOf(graph, value);
  const indices = least(readers.map(indicesIn));
  const declared = [value, ...readers.map(({ layer }) => layer)].map(declaredIn).find((dtype) => dtype !== undefined);
  return { dtype: declared ?? (indices === undefined ? "float" : "i32"), indices };
}

/** The least of those under whose names it reads the value. */
function indicesIn({ layer: { indices }, paths }: Reader): number | undefined {
  if (typeof indices !== "object") return indices;
  return least(paths.map((path) => maybeEntryOf(indices, path)));
}

function least(all: readonly (number | undefined)[]): number | undefined {
  const known = all.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** What an `input(…)` says that it holds. */
function declaredIn(value: object): Kind | undefined {
  if (!("kind" in value) || value.kind !== "input") return undefined;
  const { input, config } = value as unknown as AnyLayer & { readonly config: { readonly dtype?: Kind } }; // by its kind
  return input?.dtype ?? config.dtype;
}
