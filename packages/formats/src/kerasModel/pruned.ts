// A graph without layers that give what they read, where Keras needs none.
import { maskEndsKind } from "./maskEnds.ts";
import { type GraphRecord, nodeOf, type NodeRecord, readsOf, type ValueRecord } from "./record.ts";

/** Keras has an attribute of its own for these. */
export const passing = ["input", maskEndsKind];

/** Without layers that give what they read, where Keras needs none. */
export function pruned(record: GraphRecord): { readonly record: GraphRecord; readonly kept: readonly boolean[] } {
  const kept = record.nodes.map(({ layer }) => !passing.includes(record.layers[layer]?.kind ?? "")),
    numbers = new Map<number, number>();
  record.nodes.forEach((_, i) => kept[i] === true && numbers.set(i, numbers.size));
  const renamed = (value: ValueRecord): ValueRecord => {
    const node = nodeOf(value, record.inputs);
    if (node === undefined) return value;
    return kept[node] === true ? `${numbers.get(node)}${value.slice(String(node).length)}` : renamed(readsOf(record.nodes[node]!)[0] ?? ""); // there, as `nodeOf` says
  };
  const tree = (values: unknown): unknown =>
    typeof values === "string"
      ? renamed(values)
      : Array.isArray(values)
        ? values.map(tree)
        : typeof values === "object" && values !== null
          ? Object.fromEntries(Object.entries(values).map(([name, one]) => [name, tree(one)]))
          : values;
  const rest: GraphRecord = {
    ...record,
    outputs: tree(record.outputs) as GraphRecord["outputs"], // a record maps to a record
    nodes: record.nodes.flatMap((node, i) =>
      kept[i] === true ? [{ ...node, x: tree(node.x), beside: tree(node.beside) as NonNullable<NodeRecord["beside"]> }] : [],
    ), // likewise
  };
  return { record: rest, kept };
}
