// reduce: the lanes run along a folded axis or along a kept one, whichever reads its inputs for less.
import type { ReduceStep } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import { type Nest, collapseAxes, nestOf, sortAxes } from "../../../loops/nest.ts";
import { accessCost, vectorisedCost, withVectorAxis } from "../../codegen/vectorAxis.ts";
import { reductions } from "./reduction.ts";
import { verticalReduce } from "./verticalReduce.ts";
import { horizontalReduce } from "./horizontalReduce.ts";
import { emptyKernel } from "../../codegen/emptyKernel.ts";
import type { KernelContext, KernelFunction } from "../../codegen/kernelFunction.ts";
import { map } from "../map.ts";
import { bodyCost } from "../../codegen/stageBody.ts";

export function reduce(context: KernelContext, step: ReduceStep, scans: number): KernelFunction {
  const { shape, inputs, output, body } = step;
  const keptRank = shape.length - step.folded;
  if (output.shape.includes(0)) return emptyKernel(context, scans);
  if (shape.includes(0)) return emptyReduce(context, step, scans);
  const sideNest = (from: number, to: number, out: readonly number[]): Nest => {
    const views = [...inputs.map((view) => view.strides.slice(from, to)), out].map((strides) => ({ strides }));
    return collapseAxes(sortAxes(nestOf(shape.slice(from, to), views), 0));
  };
  const [kept, folded] = [sideNest(0, keptRank, output.strides), sideNest(keptRank, shape.length, new Array<number>(step.folded).fill(0))];
  const work = bodyCost(body, [body.length - 1]);
  const cost = (steps: readonly number[]): number => steps.slice(0, -1).reduce((sum, stride) => sum + accessCost(stride), 2 + work);
  const cheapest = ({ sizes, strides }: Nest): number =>
    Math.min(...sizes.map((size, axis) => vectorisedCost(size, cost(strides.map((along) => along[axis]!)))));
  // Folding the four lanes of a total takes some 16 instructions.
  const alongFolded = cheapest(folded) + 16 / sizeOf(folded.sizes);
  const isAlong = alongFolded <= cheapest(kept);
  const loops = {
    ...{ step, views: [...inputs, output], cost },
    kept: isAlong ? kept : withVectorAxis(kept, work),
    folded: isAlong ? withVectorAxis(folded, work) : folded,
  };
  return isAlong ? horizontalReduce(context, loops, scans) : verticalReduce(context, loops, scans);
}

/** Of no values at all: the identity, or what is there already. */
function emptyReduce(context: KernelContext, { output, combine, accumulate }: ReduceStep, scans: number): KernelFunction {
  if (accumulate) return emptyKernel(context, scans);
  const body = [{ op: "const", value: reductions[combine].identity }] as const;
  return map(context, { kind: "map", shape: output.shape, body, inputs: [], outputs: [{ view: output, value: 0 }] }, scans);
}
