// What backends would run to predict with a model: its Program after all their passes, counted, without any being compiled.
import { explain, isWeight, mapTree, trace, type Backend, type Tensor, type Tree, type Weight } from "@sluice/core";
import type { Spec } from "../layers/spec.ts";
import type { BuiltModel } from "./built.ts";
import type { Named } from "./graph.ts";

export interface RunSummary {
  /** Its name. */
  readonly backend: string;
  /** Rows in a run. */
  readonly batch: number;
  /** What it runs one after the other, those inside of a loop over steps once. */
  readonly kernels: number;
  /** What a run needs of memory beside weights, inputs and outputs, in f32. */
  readonly scratchBytes: number;
}

interface Given<Leaf> {
  readonly weights: Tree<Leaf>;
  readonly inputs: Named<Leaf>;
}

/** For all steps of its samples, from states of zeros. Throws UNSUPPORTED for what a backend lacks. */
export function runsOf(name: string, built: BuiltModel, backends: readonly Backend[], batch: number): readonly RunSummary[] {
  if (backends.length === 0) return [];
  const weight = (leaf: unknown): object => ({ shape: Object.values((leaf as Weight).axes), dtype: "f32" }); // `isWeight` says so
  const input = ({ shape, dtype }: Spec): object => ({ shape: [batch, ...shape], dtype: dtype === "i32" ? dtype : "f32" });
  const given = {
    weights: mapTree(built.weights, isWeight, weight),
    inputs: Object.fromEntries(Object.entries(built.inputs).map(([of, spec]) => [of, input(spec)])),
  };
  const predict = ({ weights, inputs }: Given<Tensor>): Named<Tensor> => built.apply(weights as Named<Tree<Tensor>>, inputs).outputs;
  const { graph } = trace(`${name}.predict`, predict, [given]);
  return backends.map((backend) => {
    const { size: kernels = 0, scratchBytes = 0 } = explain(graph, backend).at(-1) ?? {};
    return { backend: backend.name, batch, kernels, scratchBytes };
  });
}
