// The whole way from a traced function to a Program: simplify, fission, fusion, schedule.
import { checkFunction, record } from "../arguments/checks.ts";
import { refused } from "../arguments/rules.ts";
import type { Program, Supports } from "../backend.ts";
import { fission } from "../fission/fission.ts";
import type { Node } from "../graph/node.ts";
import { schedule } from "../schedule/schedule.ts";
import { simplify } from "../simplify/simplify.ts";
import type { Graph } from "../trace/trace.ts";

/** A pass: other values of the same meaning. */
export type Pass = (roots: readonly Node[]) => readonly Node[];

/** What runs between tracing and scheduling, in order. */
export const passes: readonly Pass[] = [simplify, fission, simplify];

/** The Program of a traced function. Other passes than the usual may be given, to look at what each does. */
export function lowerGraph(graph: Graph, supports: Supports, through: readonly Pass[] = passes): Program {
  for (const part of ["inputs", "outputs", "updates"] as const)
    if (!Array.isArray(record("lowerGraph", graph, "graph")[part]))
      throw refused("lowerGraph", "graph", graph, "the graph that trace returns");
  if (!Array.isArray(record("lowerGraph", supports, "supports").ops))
    throw refused("lowerGraph", "supports", supports, "what a backend declares");
  if (!Array.isArray(through)) throw refused("lowerGraph", "through", through, "a list of passes");
  for (let i = 0; i < through.length; i++) checkFunction("lowerGraph", `pass ${i}`, through[i]);
  return schedule(through.reduce(apply, graph), supports);
}

function apply(graph: Graph, pass: Pass): Graph {
  const nodes = pass([...graph.outputs, ...graph.updates].map((o) => o.node)),
    [outputs, updates] = [graph.outputs, graph.updates];
  return {
    ...graph,
    outputs: outputs.map((o, i) => ({ ...o, node: nodes[i]! })),
    updates: updates.map((u, i) => ({ ...u, node: nodes[outputs.length + i]! })),
  };
}
