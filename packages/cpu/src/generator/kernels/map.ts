// map: four indices at a time along the best axis. All loads of an index come before its stores.
import type { MapStep } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import { nestOf, sortAxes } from "../../loops/nest.ts";
import type { Code, Local } from "../wasm/index.ts";
import { accessCost, withVectorAxis } from "../codegen/vectorAxis.ts";
import { bodyOf } from "../codegen/body.ts";
import { partitionOf } from "../codegen/partition.ts";
import { emitLoopKernel } from "../codegen/emitLoopKernel.ts";
import { emptyKernel } from "../codegen/emptyKernel.ts";
import type { KernelContext, KernelFunction } from "../codegen/kernelFunction.ts";
import { bodyCost } from "../codegen/stageBody.ts";
import { emitStages, stageWorkspaceBytes } from "../codegen/emitStages.ts";
import { type LaneGroup, loopNest, vectorLoop } from "../codegen/loopNest.ts";

export function map(context: KernelContext, { shape, body, inputs, outputs }: MapStep, scans: number): KernelFunction {
  if (shape.includes(0)) return emptyKernel(context, scans);
  const views = [...inputs, ...outputs.map(({ view }) => view)];
  const wanted = outputs.map(({ value }) => value);
  const work = bodyCost(body, wanted);
  const nest = withVectorAxis(sortAxes(nestOf(shape, views), inputs.length), work);
  const steps = nest.strides.map((along) => along.at(-1)!);
  const cost = work + steps.reduce((sum, step) => sum + accessCost(step), 2);
  const grains = nest.sizes.map((_, axis) => (axis === nest.sizes.length - 1 ? 64 : 1));
  const partition = partitionOf(nest.sizes, grains, (sizeOf(nest.sizes) * cost) / 4);
  let workspace = 0;

  const code = emitLoopKernel(context, scans, { views, nest, partition }, ({ scope, lanes, axes, read, write }, at) => {
    const inner = axes.at(-1)!;
    const parts = bodyOf({ module: context.module, lanes, body, wanted, isUniform: (input) => steps[input] === 0 });
    const computeGroup = (at: readonly Local[], group: LaneGroup, stage?: number): Code =>
      parts.varying((input) => read(input, at, group), group.lanes < 4, stage);
    const storeGroup = (at: readonly Local[], group: LaneGroup): Code =>
      parts.values.map((value, output) => write(inputs.length + output, value, at, group));
    const isStaged = parts.stages > 1 && inner.size >= 32;
    if (isStaged) workspace = stageWorkspaceBytes(parts);
    const row = (at: readonly Local[]): Code => [
      parts.uniform((input) => read(input, at, { offset: 0, lanes: 4 })),
      isStaged
        ? emitStages(scope, inner, at, context.workspace, parts, computeGroup, storeGroup)
        : vectorLoop(scope, inner, unrolling(inner.size, cost), at, (at, groups) =>
            groups.map((group) => [computeGroup(at, group), storeGroup(at, group)]),
          ),
    ];
    return loopNest(scope, axes.slice(0, -1), at, row);
  });
  return { code, parts: partition.parts, workspaceBytes: workspace };
}

/** How many lane groups to write out: where the loop around them would cost as much as they do. */
function unrolling(size: number, cost: number): number {
  const wanted = cost <= 10 ? 4 : cost <= 20 ? 2 : 1;
  return size >= 4 * wanted ? wanted : 1;
}
