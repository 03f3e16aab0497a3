// What a batch is to a traced model: its inputs, which of their steps count, and what goes on from the batch before.
import { cast, iota, less, mapTree, Tensor, type Tree } from "@sluice/core";
import { entryOf } from "../host/entryOf.ts";
import { isSpec } from "../layers/spec.ts";
import type { BuiltModel } from "../model/built.ts";
import type { Named } from "../model/graph.ts";

/** What a batch brings. */
export interface BatchInputs<T> {
  readonly x: Named<T>;
  readonly y: Named<T>;
  readonly weight: T;
  /** By output, where it has weights of its own: [batch], or one for each of the places that its targets begin with. */
  readonly weights: Named<T>;
  /** Of inputs whose steps do not all count, [batch]. */
  readonly lengths: Named<T>;
}

/** Which steps of each input count, [batch, steps]: 1 or 0. */
export function masksOf(lengths: Named<Tensor>, x: Named<Tensor>, dtype: Tensor["dtype"]): Named<Tensor> {
  const each = Object.entries(lengths).map(([name, length]) => [
    name,
    cast(less(iota(entryOf(x, name).shape[1] ?? 0, "i32"), length.expand(1)), dtype),
  ]);
  return Object.fromEntries(each) as Named<Tensor>; // by their names
}

/** What lives from batch to batch, by layer, of what is by name: "lstm.h". */
export function nested({ carried }: BuiltModel, state: Named<Tensor>): Named<Tree<Tensor>> {
  return mapTree(carried, isSpec, (_, path) => entryOf(state, path)) as Named<Tree<Tensor>>; // a record maps to a record
}

/** The way back. */
export function flat({ carried }: BuiltModel, after: Named<Tree<Tensor>>): Named<Tensor> {
  const leaves: Record<string, Tensor> = {};
  mapTree(
    after,
    (leaf) => leaf instanceof Tensor,
    (leaf, path) => (leaves[path] = leaf as Tensor),
  ); // prettier-ignore -- `isLeaf` says so
  mapTree(carried, isSpec, (_, path) => entryOf(leaves, path)); // each is there
  return leaves;
}
