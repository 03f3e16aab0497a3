// scatter: adds row after row in order, so that repeated indices give the same sum every time; parts are ranges of columns.
import type { ScatterStep } from "@sluice/core";
import { f32x4, get, i32, ifElse, set } from "../wasm/index.ts";
import { accessCost } from "../codegen/vectorAxis.ts";
import { partitionOf } from "../codegen/partition.ts";
import { emitLoopKernel } from "../codegen/emitLoopKernel.ts";
import { emptyKernel } from "../codegen/emptyKernel.ts";
import type { KernelContext, KernelFunction } from "../codegen/kernelFunction.ts";
import { loopNest, vectorLoop } from "../codegen/loopNest.ts";

export function scatter(context: KernelContext, { source, index, out }: ScatterStep, scans: number): KernelFunction {
  const [count, width] = source.shape as [number, number];
  if (count * width === 0) return emptyKernel(context, scans);
  const [from, to] = [source.strides[1]!, out.strides[1]!];
  const nest = { sizes: [count, width], strides: [[index.strides[0]!, 0], source.strides, [0, to]] };
  const partition = partitionOf(nest.sizes, [0, 16], count * (4 + (width * (accessCost(from) + 2 * accessCost(to))) / 4));

  const code = emitLoopKernel(
    context,
    scans,
    { views: [index, source, out], nest, partition, separatePointers: true },
    ({ scope, lanes, axes, read, write }, at) => {
      const [sum, target] = [lanes.local(), scope.local("i32")];
      return loopNest(scope, [axes[0]!], at, ([place, added, rows]) => [
        set(target, i32.load(get(place!))),
        ifElse(i32.ltU(get(target), i32.const(out.shape[0]!)), [
          set(target, i32.add(get(rows!), i32.mul(get(target), i32.const(out.strides[0]! * 4)))),
          vectorLoop(scope, axes[1]!, width >= 16 ? 4 : 1, [place!, added!, target], (at, groups) =>
            groups.map((group) => [set(sum, f32x4.add(read(2, at, group), read(1, at, group))), write(2, sum, at, group)]),
          ),
        ]),
      ]);
    },
  );
  return { code, parts: partition.parts, workspaceBytes: 0 };
}
