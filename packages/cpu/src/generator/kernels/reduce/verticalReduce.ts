// A vertical reduction: lanes run along a kept axis. Rows of the folded axes are added up side by side, a group of rows at a time, into totals
// that lie in the workspace and stay in the innermost cache.
import { sizeOf } from "@sluice/core/kit";
import { type Code, type Local, get, set, v128 } from "../../wasm/index.ts";
import { bodyOf } from "../../codegen/body.ts";
import { partitionOf } from "../../codegen/partition.ts";
import { emitLoopKernel } from "../../codegen/emitLoopKernel.ts";
import { type Accumulator, pairwise, reductions, unrollFactor } from "./reduction.ts";
import type { ReductionLoops } from "./reductionLoops.ts";
import type { KernelContext, KernelFunction } from "../../codegen/kernelFunction.ts";
import { type Axis, type LaneGroup, loopNest, stripMinedLoop, vectorLoop, withPointer } from "../../codegen/loopNest.ts";

/** Columns whose totals are kept at a time: 4 KiB, and as much for their compensations. */
const maxColumns = 1024;

export function verticalReduce(context: KernelContext, { step, views, kept, folded, cost }: ReductionLoops, scans: number): KernelFunction {
  const { body, inputs, accumulate, combine } = step;
  const reduction = reductions[combine];
  // The loops: kept axes, folded ones, then the columns. Of the last folded axis, the rows of a group are written out.
  const [before, columns] = [kept.sizes.length - 1, kept.sizes.at(-1)!];
  const nest = {
    sizes: [...kept.sizes.slice(0, -1), ...folded.sizes, columns],
    strides: views.map((_, v) => [...kept.strides[v]!.slice(0, -1), ...folded.strides[v]!, kept.strides[v]!.at(-1)!]),
  };
  const work = cost(nest.strides.map((along) => along.at(-1)!));
  const rows = folded.sizes.at(-1) ?? 1;
  const group = Math.min(unrollFactor(work), rows);
  const groups = (sizeOf(folded.sizes) / rows) * Math.ceil(rows / group);
  const grains = nest.sizes.map((_, axis) => (axis === nest.sizes.length - 1 ? 64 : axis < before ? 1 : 0));
  const partition = partitionOf(nest.sizes, grains, (sizeOf(nest.sizes) * work) / 4);
  const totalsBytes = Math.ceil(Math.min(columns, maxColumns) / 4) * 16;

  const code = emitLoopKernel(context, scans, { views, nest, partition }, ({ scope, lanes, axes, read, write }, at) => {
    const accumulator = reduction.accumulator(lanes, groups);
    const { uniform, varying, values } = bodyOf({
      ...{ module: context.module, lanes, body },
      wanted: [body.length - 1],
      isUniform: () => false,
    });
    const [value] = values as [Local];
    const sum = (at: readonly Local[], laneGroup: LaneGroup, first: number, count: number): Code => {
      const beyond = (input: number, row: number): number => (first + row) * (folded.strides[input]!.at(-1) ?? 0);
      const row = (_: unknown, r: number): Code => varying((input) => read(input, at, laneGroup, beyond(input, r)), laneGroup.lanes < 4);
      return pairwise(
        Array.from({ length: count }, row).map((evaluated) => [evaluated, accumulator.take(value)]),
        accumulator.combine,
      );
    };
    const result = lanes.local();
    const finish = (at: readonly Local[], laneGroup: LaneGroup): Code => [
      set(result, accumulate ? reduction.combine(read(inputs.length, at, laneGroup), accumulator.result()) : accumulator.result()),
      write(inputs.length, result, at, laneGroup),
    ];
    const eachLaneGroup = (axis: Axis, at: readonly Local[], visit: (at: readonly Local[], laneGroup: LaneGroup) => Code): Code =>
      vectorLoop(scope, axis, 1, at, (at, laneGroups) => laneGroups.map((laneGroup) => visit(at, laneGroup)));

    const once = (axis: Axis, at: readonly Local[]): Code =>
      eachLaneGroup(axis, at, (at, laneGroup) => [
        accumulator.clear(),
        accumulator.addGroup(sum(at, laneGroup, 0, rows)),
        finish(at, laneGroup),
      ]);

    // One more pointer goes to the totals; it moves along the columns only.
    const totals = scope.local("i32");
    const { loadTotal, storeTotal } = memoryOf(accumulator, totalsBytes);
    const inner = axes.slice(before, -1).map((axis) => withPointer(axis, 0));
    const addGroups = (axis: Axis, at: readonly Local[], first: number, count: number): Code =>
      count === 0
        ? []
        : eachLaneGroup(axis, at, (at, laneGroup) => [
            loadTotal(at),
            accumulator.addGroup(sum(at, laneGroup, first, count)),
            storeTotal(at),
          ]);
    const many = (axis: Axis, at: readonly Local[]): Code => {
      const whole = Math.floor(rows / group);
      const inGroups = { size: whole, strides: inner.at(-1)!.strides.map((stride) => stride * group) };
      return [
        [set(totals, context.workspace), accumulator.clear(), eachLaneGroup(axis, at, storeTotal)],
        loopNest(scope, inner.slice(0, -1), at, (at) => [
          loopNest(scope, [inGroups], at, (at) => addGroups(axis, at, 0, group)),
          addGroups(axis, at, whole * group, rows % group),
        ]),
        eachLaneGroup(axis, at, (at, laneGroup) => [loadTotal(at), finish(at, laneGroup)]),
      ];
    };
    const block = (axis: Axis, at: readonly Local[]): Code => (groups === 1 ? once(axis, at) : many(withPointer(axis, 1), [...at, totals]));
    const columnsOf = (at: readonly Local[]): Code => stripMinedLoop(scope, axes.at(-1)!, maxColumns, at, block);
    return [uniform(() => []), loopNest(scope, axes.slice(0, before), at, columnsOf)];
  });
  return { code, parts: partition.parts, workspaceBytes: groups === 1 ? 0 : 2 * totalsBytes };
}

/** A total in memory, where the last pointer points; its compensation lies `totalsBytes` further. */
function memoryOf(
  { total, compensation }: Accumulator,
  totalsBytes: number,
): { readonly [K in "loadTotal" | "storeTotal"]: (at: readonly Local[]) => Code } {
  const place = (at: readonly Local[]): Code => get(at.at(-1)!);
  return {
    loadTotal: (at) => [
      set(total, v128.load(place(at))),
      compensation === undefined ? [] : set(compensation, v128.load(place(at), totalsBytes)),
    ],
    storeTotal: (at) => [
      v128.store(place(at), get(total)),
      compensation === undefined ? [] : v128.store(place(at), get(compensation), totalsBytes),
    ],
  };
}
