// The way from a traced function to a Program, as a list: what happens, in which order, and what each part keeps.
import { fission } from "../fission/fission.ts";
import { hoistViews } from "../fusion/hoistViews.ts";
import type { Node } from "../graph/node.ts";
import { lower } from "../program/passes/lower.ts";
import { reuseInPlace } from "../program/passes/reuseInPlace.ts";
import { shareScratch } from "../program/passes/shareScratch.ts";
import { schedule } from "../schedule/schedule.ts";
import { accumulateProducts } from "../simplify/accumulateProducts.ts";
import { cse } from "../simplify/cse.ts";
import { mergeReductions } from "../simplify/mergeReductions.ts";
import type { GraphPass, Pass } from "./pass.ts";

const elimination = onValues("common subexpression elimination", cse);
const simplification = [elimination, onValues("product accumulation", accumulateProducts), onValues("reduction merging", mergeReductions)];

/** In order. To add a pass is to add a line here. */
export const pipeline: readonly Pass[] = [
  ...simplification,
  onValues("loop fission", fission),
  ...simplification,
  onValues("view hoisting", hoistViews),
  elimination,
  { name: "fusion and scheduling", level: "schedule", keeps: ["values", "bindings"], run: schedule },
  {
    name: "scalar lowering",
    level: "program",
    keeps: ["values", "bindings", "scratch", "kernels"],
    run: (program, { ops }) => lower(program, ops),
  },
  {
    name: "in-place maps",
    level: "program",
    keeps: ["bits", "bindings", "kernels"], // what is left without a kernel goes with the next pass
    needs: ({ inPlace }) => inPlace,
    run: reuseInPlace,
  },
  { name: "scratch sharing", level: "program", keeps: ["bits", "bindings", "scratch", "kernels"], run: shareScratch },
];

/** A pass over the values that a graph's results are computed from. */
function onValues(name: string, pass: (roots: readonly Node[]) => readonly Node[]): GraphPass {
  return {
    name,
    level: "graph",
    keeps: ["values", "bindings"],
    run(graph) {
      const { outputs, updates } = graph,
        nodes = pass([...outputs, ...updates].map(({ node }) => node));
      return {
        ...graph,
        outputs: outputs.map((output, i) => ({ ...output, node: nodes[i]! })),
        updates: updates.map((update, i) => ({ ...update, node: nodes[outputs.length + i]! })),
      };
    },
  };
}
