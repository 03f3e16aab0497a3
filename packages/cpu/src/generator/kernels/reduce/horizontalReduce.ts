// A horizontal reduction: lanes run along a folded axis. Each kept index has a total of four lanes in registers, folded into one number at its end.
import { sizeOf } from "@sluice/core/kit";
import { type Code, type Local, get, set } from "../../wasm/index.ts";
import { bodyOf } from "../../codegen/body.ts";
import { partitionOf } from "../../codegen/partition.ts";
import { emitLoopKernel } from "../../codegen/emitLoopKernel.ts";
import { horizontal, maskTail, pairwise, reductions, unrollFactor } from "./reduction.ts";
import type { ReductionLoops } from "./reductionLoops.ts";
import type { KernelContext, KernelFunction } from "../../codegen/kernelFunction.ts";
import { type LaneGroup, loopNest, vectorLoop } from "../../codegen/loopNest.ts";

export function horizontalReduce(
  context: KernelContext,
  { step, views, kept, folded, cost }: ReductionLoops,
  scans: number,
): KernelFunction {
  const { body, inputs, accumulate, combine } = step;
  const reduction = reductions[combine];
  const nest = { sizes: [...kept.sizes, ...folded.sizes], strides: views.map((_, v) => [...kept.strides[v]!, ...folded.strides[v]!]) };
  const steps = nest.strides.map((along) => along.at(-1)!);
  const width = nest.sizes.at(-1)!;
  const group = Math.min(unrollFactor(cost(steps)), 2 ** Math.floor(Math.log2(Math.max(1, width / 4))));
  const groups = (sizeOf(folded.sizes) / width) * Math.ceil(width / (4 * group));
  const grains = nest.sizes.map((_, axis) => (axis < kept.sizes.length ? 1 : 0));
  const partition = partitionOf(nest.sizes, grains, (sizeOf(kept.sizes) * (64 + sizeOf(folded.sizes) * cost(steps))) / 4);

  const code = emitLoopKernel(context, scans, { views, nest, partition }, ({ scope, lanes, axes, read, write }, at) => {
    const accumulator = reduction.accumulator(lanes, groups);
    const result = lanes.local();
    const one = { offset: 0, lanes: 1 };
    const { uniform, varying, values } = bodyOf({
      ...{ module: context.module, lanes, body, wanted: [body.length - 1] },
      isUniform: (input) => steps[input] === 0,
    });
    const [value] = values as [Local];
    const evaluate = (at: readonly Local[], laneGroup: LaneGroup): Code => [
      varying((input) => read(input, at, laneGroup), laneGroup.lanes < 4),
      laneGroup.lanes < 4 ? set(value, maskTail(lanes, reduction, value, laneGroup.lanes)) : [],
      accumulator.take(value),
    ];
    const line = (at: readonly Local[]): Code => [
      uniform((input) => read(input, at, { offset: 0, lanes: 4 })),
      vectorLoop(scope, axes.at(-1)!, group, at, (at, laneGroups) =>
        accumulator.addGroup(
          pairwise(
            laneGroups.map((laneGroup) => evaluate(at, laneGroup)),
            accumulator.combine,
          ),
        ),
      ),
    ];
    const each = (at: readonly Local[]): Code => [
      accumulator.clear(),
      loopNest(scope, axes.slice(kept.sizes.length, -1), at, line),
      set(result, accumulator.result()),
      set(result, horizontal(result, reduction)),
      accumulate ? set(result, reduction.combine(read(inputs.length, at, one), get(result))) : [],
      write(inputs.length, result, at, one),
    ];
    return loopNest(scope, axes.slice(0, kept.sizes.length), at, each);
  });
  return { code, parts: partition.parts, workspaceBytes: 0 };
}
