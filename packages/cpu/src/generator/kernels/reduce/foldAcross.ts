// A fold whose lanes run along a kept axis: rows of the folded axes are added up side by side, a group of rows at a time, into totals that lie
// in the workspace and stay in the innermost cache.
import { sizeOf } from "@sluice/core/kit";
import { type Code, type Local, get, set, v128 } from "../../wasm/index.ts";
import { bodyOf } from "../../codegen/body.ts";
import { partitionOf } from "../../codegen/partition.ts";
import { emitLoopKernel } from "../../codegen/emitLoopKernel.ts";
import { type Total, folds, groupOf, pairwise } from "./fold.ts";
import type { Folding } from "./folding.ts";
import type { KernelContext, KernelFunction } from "../../codegen/kernelFunction.ts";
import { type Axis, type LaneGroup, loopNest, stripMinedLoop, vectorLoop, withPointer } from "../../codegen/loopNest.ts";

/** Columns whose totals are kept at a time: 4 KiB, and as much for what they lost. */
const most = 1024;

export function foldAcross(context: KernelContext, { step, views, kept, folded, cost }: Folding, scans: number): KernelFunction {
  const { body, inputs, accumulate, combine } = step;
  const fold = folds[combine];
  // The loops: kept axes, folded ones, then the columns. Of the last folded axis, the rows of a group are written out.
  const [before, columns] = [kept.sizes.length - 1, kept.sizes.at(-1)!];
  const nest = {
    sizes: [...kept.sizes.slice(0, -1), ...folded.sizes, columns],
    strides: views.map((_, v) => [...kept.strides[v]!.slice(0, -1), ...folded.strides[v]!, kept.strides[v]!.at(-1)!]),
  };
  const work = cost(nest.strides.map((along) => along.at(-1)!));
  const rows = folded.sizes.at(-1) ?? 1;
  const group = Math.min(groupOf(work), rows);
  const groups = (sizeOf(folded.sizes) / rows) * Math.ceil(rows / group);
  const grains = nest.sizes.map((_, axis) => (axis === nest.sizes.length - 1 ? 64 : axis < before ? 1 : 0));
  const partition = partitionOf(nest.sizes, grains, (sizeOf(nest.sizes) * work) / 4);
  const room = Math.ceil(Math.min(columns, most) / 4) * 16;

  const code = emitLoopKernel(context, scans, { views, nest, partition }, ({ scope, lanes, axes, read, write }, at) => {
    const total = fold.total(lanes, groups);
    const { uniform, varying, values } = bodyOf({
      ...{ module: context.module, lanes, body },
      wanted: [body.length - 1],
      isUniform: () => false,
    });
    const [value] = values as [Local];
    const sum = (at: readonly Local[], four: LaneGroup, first: number, count: number): Code => {
      const beyond = (input: number, row: number): number => (first + row) * (folded.strides[input]!.at(-1) ?? 0);
      const row = (_: unknown, r: number): Code => varying((input) => read(input, at, four, beyond(input, r)), four.lanes < 4);
      return pairwise(
        Array.from({ length: count }, row).map((evaluated) => [evaluated, total.take(value)]),
        total.combine,
      );
    };
    const result = lanes.local();
    const finish = (at: readonly Local[], four: LaneGroup): Code => [
      set(result, accumulate ? fold.combine(read(inputs.length, at, four), total.settle()) : total.settle()),
      write(inputs.length, result, at, four),
    ];
    const each = (axis: Axis, at: readonly Local[], four: (at: readonly Local[], four: LaneGroup) => Code): Code =>
      vectorLoop(scope, axis, 1, at, (at, groups) => groups.map((one) => four(at, one)));

    const once = (axis: Axis, at: readonly Local[]): Code =>
      each(axis, at, (at, four) => [total.clear(), total.absorb(sum(at, four, 0, rows)), finish(at, four)]);

    // One more pointer goes to the totals; it moves along the columns only.
    const totals = scope.local("i32");
    const { recall, remember } = memoryOf(total, room);
    const inner = axes.slice(before, -1).map((axis) => withPointer(axis, 0));
    const absorb = (axis: Axis, at: readonly Local[], first: number, count: number): Code =>
      count === 0 ? [] : each(axis, at, (at, four) => [recall(at), total.absorb(sum(at, four, first, count)), remember(at)]);
    const many = (axis: Axis, at: readonly Local[]): Code => {
      const whole = Math.floor(rows / group);
      const inGroups = { size: whole, strides: inner.at(-1)!.strides.map((stride) => stride * group) };
      return [
        [set(totals, context.workspace), total.clear(), each(axis, at, remember)],
        loopNest(scope, inner.slice(0, -1), at, (at) => [
          loopNest(scope, [inGroups], at, (at) => absorb(axis, at, 0, group)),
          absorb(axis, at, whole * group, rows % group),
        ]),
        each(axis, at, (at, four) => [recall(at), finish(at, four)]),
      ];
    };
    const block = (axis: Axis, at: readonly Local[]): Code => (groups === 1 ? once(axis, at) : many(withPointer(axis, 1), [...at, totals]));
    const columnsOf = (at: readonly Local[]): Code => stripMinedLoop(scope, axes.at(-1)!, most, at, block);
    return [uniform(() => []), loopNest(scope, axes.slice(0, before), at, columnsOf)];
  });
  return { code, parts: partition.parts, workspaceBytes: groups === 1 ? 0 : 2 * room };
}

/** A total in memory, where the last pointer points; what it lost lies `room` bytes further. */
function memoryOf({ total, lost }: Total, room: number): { readonly [K in "recall" | "remember"]: (at: readonly Local[]) => Code } {
  const place = (at: readonly Local[]): Code => get(at.at(-1)!);
  return {
    recall: (at) => [set(total, v128.load(place(at))), lost === undefined ? [] : set(lost, v128.load(place(at), room))],
    remember: (at) => [v128.store(place(at), get(total)), lost === undefined ? [] : v128.store(place(at), get(lost), room)],
  };
}
