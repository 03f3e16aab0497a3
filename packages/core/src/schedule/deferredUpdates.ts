// An update writes over an argument. It may do so inside the kernel that computes it only if nobody still needs what the argument held.
import type { Node } from "../graph/node.ts";
import type { Item, Items } from "./items.ts";
import type { Result } from "./destination.ts";

/**
 * The update results that must wait for everything else. `ends[i]` is what writes results[i]; an end is in time if all other readers of its
 * argument come before its item, and its own item reads the argument only as a whole, where the backend may write in place.
 */
export function deferredUpdates(
  results: readonly Result[],
  ends: readonly Node[],
  inputs: readonly Node[],
  items: Items,
  inPlace: boolean,
): Set<Node> {
  const top = items.in(undefined),
    deferred = new Set<Node>();
  const positions = new Map(top.map((item, at) => [item, at])),
    readers = readersOf(top, items);
  results.forEach(({ binding, update }, i) => {
    if (!update) return;
    const [own] = items.producers(ends[i]!),
      position = positions.get(own!) ?? -1;
    const isSafeNow = (readers.get(inputs[binding]!) ?? []).every(
      ({ item, whole }) => positions.get(item)! < position || (item === own && whole && inPlace && item.kind === "map"),
    );
    if (!isSafeNow) deferred.add(ends[i]!);
  });
  return deferred;
}

/** For each input: the items that read it, and whether they read it as a whole or through a view. */
function readersOf(top: readonly Item[], items: Items): Map<Node, { readonly item: Item; readonly whole: boolean }[]> {
  const readers = new Map<Node, { readonly item: Item; readonly whole: boolean }[]>();
  for (const item of top)
    for (const x of items.reads(item)) {
      const input = x.kind === "view" ? x.x : x; // of which there is none on a view
      if (input.kind !== "input") continue;
      const list = readers.get(input);
      if (list === undefined) readers.set(input, [{ item, whole: x === input }]);
      else list.push({ item, whole: x === input });
    }
  return readers;
}
