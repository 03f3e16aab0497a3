// What a pass is: a graph or a Program to another one of the same meaning, with what it keeps said as data.
import type { Kept, Program, ProgramPass, Supports } from "../backend.ts";
import type { Graph } from "../graph/node.ts";

/** Before there is memory. */
export interface GraphPass {
  /** In the field's own terms. */
  readonly name: string;
  readonly level: "graph";
  readonly keeps: readonly Kept[];
  run(graph: Graph, supports: Supports): Graph;
}

/** From values to kernels, an order and memory: exactly one of a pipeline. */
export interface Scheduling {
  readonly name: string;
  readonly level: "schedule";
  readonly keeps: readonly Kept[];
  run(graph: Graph, supports: Supports): Program;
}

export type Pass = GraphPass | Scheduling | ProgramPass;
