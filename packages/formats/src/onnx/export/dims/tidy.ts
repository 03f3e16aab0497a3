// A graph without what nothing reads and what is there already, and with the results under their own names.
import type { WrittenGraph, WrittenNode } from "../emission/written.ts";
import { nth } from "../../read/there.ts";

/** Outputs that only pass on what another node gives are that. */
export function tidy(graph: WrittenGraph): WrittenGraph {
  const once = shared(graph, new Map(), new Map());
  return pruned(rename(once, namesOfOutputs(once)));
}

/** The same of the same is computed once; a body may read what is around it. */
function shared(graph: WrittenGraph, around: ReadonlyMap<string, readonly string[]>, outer: ReadonlyMap<string, string>): WrittenGraph {
  const known = new Map(around),
    renamed = new Map(outer),
    ends = new Set(graph.outputs.map(({ name }) => name));
  const now = (name: string): string => renamed.get(name) ?? name;
  const nodes: WrittenNode[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(now);
    if (node.body !== undefined) {
      nodes.push({ ...node, inputs, body: shared(node.body, known, renamed) });
      continue;
    }
    const key = JSON.stringify([node.op, inputs, node.attributes]),
      same = known.get(key);
    if (same === undefined || node.outputs.some((output) => ends.has(output))) {
      known.set(key, same ?? node.outputs);
      nodes.push({ ...node, inputs });
    } else node.outputs.forEach((output, k) => renamed.set(output, nth(same, k))); // as many
  }
  return { ...graph, nodes };
}

function namesOfOutputs({ nodes, outputs }: WrittenGraph): ReadonlyMap<string, string> {
  const made = new Set(nodes.flatMap((node) => node.outputs)),
    ends = new Set(outputs.map(({ name }) => name)),
    renamed = new Map<string, string>();
  for (const { op, inputs, outputs: given } of nodes) {
    const [from] = inputs,
      [to] = given;
    if (op === "Identity" && from !== undefined && to !== undefined && ends.has(to) && made.has(from) && !ends.has(from) && !renamed.has(from)) renamed.set(from, to); // prettier-ignore
  }
  return renamed;
}

function rename(graph: WrittenGraph, renamed: ReadonlyMap<string, string>): WrittenGraph {
  const now = (name: string): string => renamed.get(name) ?? name;
  const nodes = graph.nodes
    .filter(({ op, inputs, outputs }) => !(op === "Identity" && renamed.get(inputs[0] ?? "") === outputs[0]))
    .map((node): WrittenNode => ({
      ...node,
      inputs: node.inputs.map(now),
      outputs: node.outputs.map(now),
      ...(node.body !== undefined && { body: rename(node.body, renamed) }),
    }));
  return { ...graph, nodes };
}

function pruned(graph: WrittenGraph): WrittenGraph {
  const read = new Set(graph.outputs.map(({ name }) => name)),
    kept: WrittenNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => read.has(name))) continue;
    const body = node.body === undefined ? undefined : pruned(node.body);
    for (const name of [...node.inputs, ...(body === undefined ? [] : readIn(body))]) read.add(name);
    kept.unshift(body === undefined ? node : { ...node, body });
  }
  return { ...graph, nodes: kept };
}

/** All that nodes of a body read, also of what is around it. */
export function readIn({ nodes, outputs }: WrittenGraph): readonly string[] {
  return [
    ...outputs.map(({ name }) => name),
    ...nodes.flatMap(({ inputs, body }) => [...inputs, ...(body === undefined ? [] : readIn(body))]),
  ];
}
