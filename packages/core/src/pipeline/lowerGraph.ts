// Runs a pipeline, stage by stage, so that each can be looked at and timed.
import { record } from "../arguments/checks.ts";
import { refused } from "../arguments/rules.ts";
import type { Program, Supports } from "../backend.ts";
import type { Graph } from "../graph/node.ts";
import type { Pass } from "./pass.ts";
import { pipeline } from "./pipeline.ts";

/** As Node and browsers have it. */
declare const performance: { now(): number };

/** What a pass has made. */
export type Stage = { readonly pass: Pass; readonly ms: number } & (
  | { readonly graph: Graph; readonly program?: undefined }
  | { readonly program: Program; readonly graph?: undefined }
);

/** The Program of a traced function. Other passes than the usual may be given, to look at what each does: those on graphs, the scheduling, those on Programs. */
export function lowerGraph(graph: Graph, supports: Supports, through: readonly Pass[] = pipeline): Program {
  let last: Stage | undefined;
  for (const stage of stages(graph, supports, through)) last = stage;
  if (last?.program === undefined) throw refused("lowerGraph", "through", through, "a list of passes with a scheduling");
  return last.program;
}

/** Runs one pass after the other; those that the backend's abilities leave out are no stages. Throws INVALID_ARGUMENT for passes out of order. */
export function* stages(graph: Graph, supports: Supports, through: readonly Pass[] = pipeline): Generator<Stage, void> {
  checkAll(graph, supports, through);
  let current: Graph | Program = graph;
  for (const pass of through) {
    const isProgram = "steps" in current;
    if (isProgram !== (pass.level === "program"))
      throw refused("lowerGraph", "through", pass.name, "passes on graphs, one scheduling, then passes on Programs");
    if (pass.level === "program" && pass.needs?.(supports) === false) continue;
    const start = performance.now();
    current = pass.level === "program" ? pass.run(current as Program, supports) : pass.run(current as Graph, supports); // as was just seen
    const ms = performance.now() - start;
    yield "steps" in current ? { pass, ms, program: current } : { pass, ms, graph: current };
  }
}

function checkAll(graph: Graph, supports: Supports, through: readonly Pass[]): void {
  for (const part of ["inputs", "outputs", "updates"] as const)
    if (!Array.isArray(record("lowerGraph", graph, "graph")[part]))
      throw refused("lowerGraph", "graph", graph, "the graph that trace returns");
  if (!Array.isArray(record("lowerGraph", supports, "supports").ops))
    throw refused("lowerGraph", "supports", supports, "what a backend declares");
  if (!Array.isArray(through)) throw refused("lowerGraph", "through", through, "a list of passes");
  for (let i = 0; i < through.length; i++) {
    const { name, level, run } = record<Partial<Pass>>("lowerGraph", through[i]!, `pass ${i}`);
    if (typeof name !== "string" || typeof run !== "function" || !["graph", "schedule", "program"].includes(level as string))
      throw refused("lowerGraph", `pass ${i}`, through[i], "a pass: { name, level, keeps, run }");
  }
}
