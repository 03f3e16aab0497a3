// An update writes over an argument. It may do so inside the kernel that computes it only if nobody still needs what the argument held.
import type { Node } from "../graph/node.ts";
import type { Item, Items } from "./items.ts";
import type { Result } from "./settle.ts";

/**
 * The update results that must wait for everything else. `ends[i]` is what writes results[i]; an end is in time if all other readers of its
 * argument come before its item, and its own item reads the argument only as a whole, where the backend may write in place.
 */
export function lateUpdates(
  results: readonly Result[],
  ends: readonly Node[],
  inputs: readonly Node[],
  items: Items,
  inPlace: boolean,
): Set<Node> {
  const top = items.in(undefined),
    late = new Set<Node>();
  const base = (node: Node): Node => (node.kind === "view" ? base(node.x) : node);
  const reading = (input: Node): readonly { item: Item; whole: boolean }[] =>
    top.flatMap((item) =>
      items
        .reads(item)
        .filter((x) => base(x) === input)
        .map((x) => ({ item, whole: x === input })),
    );
  results.forEach(({ binding, update }, i) => {
    if (!update) return;
    const [own] = items.producers(ends[i]!),
      position = top.indexOf(own!);
    const inTime = reading(inputs[binding]!).every(
      ({ item, whole }) => top.indexOf(item) < position || (item === own && whole && inPlace && item.kind === "map"),
    );
    if (!inTime) late.add(ends[i]!);
  });
  return late;
}
