// gather: rows copied four elements at a time, NaN for rows outside the table.
import type { GatherStep } from "@sluice/core";
import { type Code, type Local, get, i32, ifElse, set } from "../wasm/index.ts";
import { accessCost } from "../codegen/vectorAxis.ts";
import { partitionOf } from "../codegen/partition.ts";
import { emitLoopKernel } from "../codegen/emitLoopKernel.ts";
import { emptyKernel } from "../codegen/emptyKernel.ts";
import type { KernelContext, KernelFunction } from "../codegen/kernelFunction.ts";
import { type LaneGroup, loopNest, vectorLoop } from "../codegen/loopNest.ts";

export function gather(context: KernelContext, { table, index, out }: GatherStep, scans: number): KernelFunction {
  const [count, width] = out.shape as [number, number];
  if (count * width === 0) return emptyKernel(context, scans);
  const [from, to] = [table.strides[1]!, out.strides[1]!];
  const nest = { sizes: [count, width], strides: [[index.strides[0]!, 0], [0, from], out.strides] };
  const partition = partitionOf(nest.sizes, [1, 0], count * (4 + (width * (accessCost(from) + accessCost(to))) / 4));

  const code = emitLoopKernel(
    context,
    scans,
    { views: [index, table, out], nest, partition, separatePointers: true },
    ({ scope, lanes, axes, read, write }, at) => {
      const [value, source] = [lanes.local(), scope.local("i32")];
      const row = (at: readonly Local[], loadGroup: (at: readonly Local[], group: LaneGroup) => Code): Code =>
        vectorLoop(scope, axes[1]!, width >= 16 ? 4 : 1, at, (at, groups) =>
          groups.map((group) => [set(value, loadGroup(at, group)), write(2, value, at, group)]),
        );
      return loopNest(scope, [axes[0]!], at, ([place, rows, target]) => [
        set(source, i32.load(get(place!))),
        ifElse(
          i32.ltU(get(source), i32.const(table.shape[0]!)),
          [
            set(source, i32.add(get(rows!), i32.mul(get(source), i32.const(table.strides[0]! * 4)))),
            row([place!, source, target!], (at, group) => read(1, at, group)),
          ],
          row([place!, rows!, target!], () => lanes.constant(NaN)),
        ),
      ]);
    },
  );
  return { code, parts: partition.parts, workspaceBytes: 0 };
}
