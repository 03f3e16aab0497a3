// Tensors of a module of PyTorch that together are weights of ours, both ways. What a module is made of is a list of such parts.
import type { HostArray, Shape } from "@sluice/core";
import { reshaped, reversedAxes } from "./arrays.ts";

export type Named<T> = Readonly<Record<string, T>>;

export interface Part {
  /** By their names in the module: "weight_ih_l0". */
  readonly tensors: Named<Shape>;
  /** By their paths in the layer: "wx", "selfAttention.wq". */
  readonly weights: Named<Shape>;
  /** Whether a state dict may lack its tensors: then it makes no weights. */
  readonly isOptional?: boolean;
  take(tensors: Named<HostArray>): Named<HostArray>;
  give(weights: Named<HostArray>): Named<HostArray>;
}

/** One tensor that is one weight, as it is. */
export function same(tensor: string, weight: string, shape: Shape): Part {
  return one(tensor, shape, weight, shape, (array) => reshaped(array, shape), (array) => reshaped(array, shape)); // prettier-ignore
}

/** One tensor whose axes, in opposite order, are those of one weight of this shape. */
export function reversed(tensor: string, weight: string, shape: Shape): Part {
  return one(tensor, shape.toReversed(), weight, shape, reversedAxes, reversedAxes);
}

type Change = (array: HostArray) => HostArray;

/** One tensor that is one weight, laid out anew. */
export function one(tensor: string, from: Shape, weight: string, to: Shape, take: Change, give: Change): Part {
  return {
    tensors: { [tensor]: from },
    weights: { [weight]: to },
    take: (tensors) => ({ [weight]: take(tensors[tensor]!) }), // as declared
    give: (weights) => ({ [tensor]: give(weights[weight]!) }), // likewise
  };
}

/** The same parts in a larger module and a larger layer: a prefix for each. */
export function within(parts: readonly Part[], tensorPrefix: string, weightPrefix: string): readonly Part[] {
  return parts.map(({ tensors, weights, take, give, ...rest }) => ({
    ...rest,
    tensors: prefixed(tensors, tensorPrefix),
    weights: prefixed(weights, weightPrefix),
    take: (given) => prefixed(take(below(given, tensors, tensorPrefix)), weightPrefix),
    give: (given) => prefixed(give(below(given, weights, weightPrefix)), tensorPrefix),
  }));
}

export function prefixed<T>(record: Named<T>, prefix: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [prefix + name, value]));
}

/** Those of `names`, by the names without the prefix. */
function below(given: Named<HostArray>, names: object, prefix: string): Named<HostArray> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, given[prefix + name]!])); // each was found
}

/** Those that begin with "prefix.", without it. */
export function under<T>(record: Named<T>, prefix: string): Named<T> {
  const start = `${prefix}.`;
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) => (name.startsWith(start) ? [[name.slice(start.length), value]] : [])),
  );
}

/** "rnn" and "weight" → "rnn.weight"; the whole state dict has no name. */
export function prefixOf(module: string): string {
  return module === "" ? "" : `${module}.`;
}
