// scatter: adds row after row in order, so that repeated indices give the same sum every time; parts are ranges of columns.
import type { ScatterStep } from "@sluice/core";
import { f32x4, get, i32, set, when } from "../wasm/index.ts";
import { reach } from "../codegen/axes.ts";
import { cutOf } from "../codegen/cut.ts";
import { emit } from "../codegen/emit.ts";
import { idle } from "../codegen/idle.ts";
import type { Frame, Kernel } from "../codegen/kernel.ts";
import { walk, walkLanes } from "../codegen/walk.ts";

export function scatter(frame: Frame, { source, index, out }: ScatterStep, scans: number): Kernel {
  const [count, width] = source.shape as [number, number];
  if (count * width === 0) return idle(frame, scans);
  const [from, to] = [source.strides[1]!, out.strides[1]!];
  const nest = { sizes: [count, width], strides: [[index.strides[0]!, 0], source.strides, [0, to]] };
  const cut = cutOf(nest.sizes, [0, 16], count * (4 + (width * (reach(from) + 2 * reach(to))) / 4));

  const code = emit(frame, scans, { views: [index, source, out], nest, cut, apart: true }, ({ scope, lanes, axes, read, write }, at) => {
    const [sum, target] = [lanes.local(), scope.local("i32")];
    return walk(scope, [axes[0]!], at, ([place, added, rows]) => [
      set(target, i32.load(get(place!))),
      when(i32.ltU(get(target), i32.const(out.shape[0]!)), [
        set(target, i32.add(get(rows!), i32.mul(get(target), i32.const(out.strides[0]! * 4)))),
        walkLanes(scope, axes[1]!, width >= 16 ? 4 : 1, [place!, added!, target], (at, fours) =>
          fours.map((each) => [set(sum, f32x4.add(read(2, at, each), read(1, at, each))), write(2, sum, at, each)]),
        ),
      ]),
    ]);
  });
  return { code, parts: cut.parts, workspace: 0 };
}
