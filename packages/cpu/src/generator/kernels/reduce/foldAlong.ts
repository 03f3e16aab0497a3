// A fold whose lanes run along a folded axis: each kept index has a total of four lanes in registers, folded into one number at its end.
import { sizeOf } from "@sluice/core/kit";
import { type Code, type Local, get, set } from "../../wasm/index.ts";
import { bodyOf } from "../../codegen/body.ts";
import { cutOf } from "../../codegen/cut.ts";
import { emit } from "../../codegen/emit.ts";
import { acrossLanes, firstOf, folds, groupOf, pairwise } from "./fold.ts";
import type { Folding } from "./folding.ts";
import type { Frame, Kernel } from "../../codegen/kernel.ts";
import { type Four, walk, walkLanes } from "../../codegen/walk.ts";

export function foldAlong(frame: Frame, { step, views, kept, folded, cost }: Folding, scans: number): Kernel {
  const { body, inputs, accumulate, combine } = step;
  const fold = folds[combine];
  const nest = { sizes: [...kept.sizes, ...folded.sizes], strides: views.map((_, v) => [...kept.strides[v]!, ...folded.strides[v]!]) };
  const steps = nest.strides.map((along) => along.at(-1)!);
  const width = nest.sizes.at(-1)!;
  const group = Math.min(groupOf(cost(steps)), 2 ** Math.floor(Math.log2(Math.max(1, width / 4))));
  const groups = (sizeOf(folded.sizes) / width) * Math.ceil(width / (4 * group));
  const grains = nest.sizes.map((_, axis) => (axis < kept.sizes.length ? 1 : 0));
  const cut = cutOf(nest.sizes, grains, (sizeOf(kept.sizes) * (64 + sizeOf(folded.sizes) * cost(steps))) / 4);

  const code = emit(frame, scans, { views, nest, cut }, ({ scope, lanes, axes, read, write }, at) => {
    const total = fold.total(lanes, groups);
    const result = lanes.local();
    const one = { offset: 0, lanes: 1 };
    const { still, moving, values } = bodyOf({
      ...{ module: frame.module, lanes, body, wanted: [body.length - 1] },
      isStill: (input) => steps[input] === 0,
    });
    const [value] = values as [Local];
    const four = (at: readonly Local[], each: Four): Code => [
      moving((input) => read(input, at, each), each.lanes < 4),
      each.lanes < 4 ? set(value, firstOf(lanes, fold, value, each.lanes)) : [],
      total.take(value),
    ];
    const line = (at: readonly Local[]): Code => [
      still((input) => read(input, at, { offset: 0, lanes: 4 })),
      walkLanes(scope, axes.at(-1)!, group, at, (at, fours) =>
        total.absorb(
          pairwise(
            fours.map((each) => four(at, each)),
            total.combine,
          ),
        ),
      ),
    ];
    const each = (at: readonly Local[]): Code => [
      total.clear(),
      walk(scope, axes.slice(kept.sizes.length, -1), at, line),
      set(result, total.settle()),
      set(result, acrossLanes(result, fold)),
      accumulate ? set(result, fold.combine(read(inputs.length, at, one), get(result))) : [],
      write(inputs.length, result, at, one),
    ];
    return walk(scope, axes.slice(0, kept.sizes.length), at, each);
  });
  return { code, parts: cut.parts, workspace: 0 };
}
