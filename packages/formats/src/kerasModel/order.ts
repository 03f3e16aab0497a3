// In which order Keras numbers the layers of a functional model: from the inputs to the outputs by how far a layer is from the end, and of equals as they are met from the outputs backwards. Groups
// of variables are named by it.
import { type GraphRecord, nodeOf, type NodeRecord, readsOf as readsIn, type ValueRecord } from "./record.ts";

/** How values by name come to Keras: a dictionary's in the order of their names, a list's as they stand. */
export type Ordering = "dictionary" | "list";

/** Numbers of `layers`, in Keras's order. */
export function kerasOrder(record: GraphRecord, ordering: Ordering): readonly number[] {
  const { inputs, layers, nodes } = record,
    outputs = inOrder(record.outputs, ordering);
  const readsOf = (node: NodeRecord): readonly ValueRecord[] => readsIn(node, ordering);
  const met = new Map<number, number>(),
    finished: number[] = [],
    done = new Set<number>();
  const left = Object.values(outputs).toReversed().flatMap((value) => nodeOf(value, inputs) ?? []).map((node) => ({ node, isRead: false })); // prettier-ignore
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { node } = next,
      at = nodes[node];
    if (next.isRead) finished.push(node);
    else if (!done.has(node) && at !== undefined) {
      done.add(node);
      if (!met.has(at.layer)) met.set(at.layer, met.size);
      left.push({ node, isRead: true });
      left.push(...readsOf(at).toReversed().flatMap((value) => nodeOf(value, inputs) ?? []).map((read) => ({ node: read, isRead: false }))); // prettier-ignore
    }
  }
  const depths = new Map<number, number>(),
    ofLayers = new Map<number, number>();
  for (const node of finished.toReversed()) {
    const { layer } = nodes[node]!, // there, as it was met
      depth = Math.max(depths.get(node) ?? 0, ofLayers.get(layer) ?? 0);
    ofLayers.set(layer, depth);
    for (const value of readsOf(nodes[node]!)) {
      const read = nodeOf(value, inputs);
      if (read !== undefined) depths.set(read, Math.max(depth + 1, depths.get(read) ?? 0));
    }
  }
  return layers.map((_, i) => i).sort((a, b) => (ofLayers.get(b) ?? 0) - (ofLayers.get(a) ?? 0) || (met.get(a) ?? -1) - (met.get(b) ?? -1));
}

function inOrder<T>(values: Readonly<Record<string, T>>, ordering: Ordering): Readonly<Record<string, T>> {
  return ordering === "list" ? values : Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
