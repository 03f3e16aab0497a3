// gather: rows copied four elements at a time, NaN for rows outside the table.
import type { GatherStep } from "@sluice/core";
import { type Code, type Local, get, i32, set, when } from "../wasm/index.ts";
import { reach } from "../codegen/axes.ts";
import { cutOf } from "../codegen/cut.ts";
import { emit } from "../codegen/emit.ts";
import { idle } from "../codegen/idle.ts";
import type { Frame, Kernel } from "../codegen/kernel.ts";
import { type Four, walk, walkLanes } from "../codegen/walk.ts";

export function gather(frame: Frame, { table, index, out }: GatherStep, scans: number): Kernel {
  const [count, width] = out.shape as [number, number];
  if (count * width === 0) return idle(frame, scans);
  const [from, to] = [table.strides[1]!, out.strides[1]!];
  const nest = { sizes: [count, width], strides: [[index.strides[0]!, 0], [0, from], out.strides] };
  const cut = cutOf(nest.sizes, [1, 0], count * (4 + (width * (reach(from) + reach(to))) / 4));

  const code = emit(frame, scans, { views: [index, table, out], nest, cut, apart: true }, ({ scope, lanes, axes, read, write }, at) => {
    const [value, source] = [lanes.local(), scope.local("i32")];
    const row = (at: readonly Local[], four: (at: readonly Local[], four: Four) => Code): Code =>
      walkLanes(scope, axes[1]!, width >= 16 ? 4 : 1, at, (at, fours) =>
        fours.map((each) => [set(value, four(at, each)), write(2, value, at, each)]),
      );
    return walk(scope, [axes[0]!], at, ([place, rows, target]) => [
      set(source, i32.load(get(place!))),
      when(
        i32.ltU(get(source), i32.const(table.shape[0]!)),
        [
          set(source, i32.add(get(rows!), i32.mul(get(source), i32.const(table.strides[0]! * 4)))),
          row([place!, source, target!], (at, each) => read(1, at, each)),
        ],
        row([place!, rows!, target!], () => lanes.constant(NaN)),
      ),
    ]);
  });
  return { code, parts: cut.parts, workspace: 0 };
}
