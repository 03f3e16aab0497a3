// What every pass makes of a function, to be read and timed.
import { record } from "../arguments/checks.ts";
import { refused } from "../arguments/rules.ts";
import type { Backend } from "../backend.ts";
import { nodesOf, printGraph } from "../graph/print.ts";
import { print } from "../program/print/print.ts";
import type { Graph } from "../graph/node.ts";
import { kernelsOf, scratchBytes } from "../program/passes/kept.ts";
import { stages } from "./lowerGraph.ts";
import type { Pass } from "./pass.ts";
import { pipeline } from "./pipeline.ts";

/** A stage on the way of a function. */
export interface Explanation {
  /** The pass's, or "trace". */
  readonly name: string;
  readonly level: Pass["level"];
  /** How long the pass took; 0 for what tracing made. */
  readonly ms: number;
  /** Nodes of the graph, or kernels of the Program, bodies of loops included. */
  readonly size: number;
  /** Bytes that a run needs beside what it is bound to; undefined before there is memory. */
  readonly scratchBytes: number | undefined;
  /** What the pass has left, for people to read. */
  readonly text: string;
}

/**
 * The stages of a traced function: what was traced, then after each pass, the backend's own included. `trace(name, fn, args).graph` is one.
 * Throws as `lowerGraph` does.
 */
export function explain(graph: Graph, backend: Pick<Backend, "supports" | "passes">): Explanation[] {
  const { supports, passes = [] } = record("explain", backend, "backend");
  if (!Array.isArray(passes)) throw refused("explain", "passes of the backend", passes, "a list of passes");
  const made = [...stages(graph, supports, [...pipeline, ...passes])]; // which looks whether it is a graph
  const traced: Explanation = { name: "trace", level: "graph", ms: 0, ...looked(graph) };
  const after = made.map(({ pass: { name, level }, ms, graph, program }): Explanation => {
    return {
      name,
      level,
      ms,
      ...(graph === undefined
        ? { size: kernelsOf(program.steps), scratchBytes: scratchBytes(program), text: print(program) }
        : looked(graph)),
    };
  });
  return [traced, ...after];
}

function looked(graph: Graph): Pick<Explanation, "size" | "scratchBytes" | "text"> {
  return { size: nodesOf(graph), scratchBytes: undefined, text: printGraph(graph) };
}
