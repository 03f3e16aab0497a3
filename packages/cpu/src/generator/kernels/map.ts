// map: four indices at a time along the best axis. All loads of an index come before its stores.
import type { MapStep } from "@sluice/core";
import { sizeOf } from "@sluice/core/kit";
import { nestOf, sortAxes } from "../../loops/nest.ts";
import type { Code, Local } from "../wasm/index.ts";
import { innermost, reach } from "../codegen/axes.ts";
import { bodyOf } from "../codegen/body.ts";
import { cutOf } from "../codegen/cut.ts";
import { emit } from "../codegen/emit.ts";
import { idle } from "../codegen/idle.ts";
import type { Frame, Kernel } from "../codegen/kernel.ts";
import { costOf } from "../codegen/stages.ts";
import { inStages, roomOf } from "../codegen/staged.ts";
import { type Four, walk, walkLanes } from "../codegen/walk.ts";

export function map(frame: Frame, { shape, body, inputs, outputs }: MapStep, scans: number): Kernel {
  if (shape.includes(0)) return idle(frame, scans);
  const views = [...inputs, ...outputs.map(({ view }) => view)];
  const wanted = outputs.map(({ value }) => value);
  const work = costOf(body, wanted);
  const nest = innermost(sortAxes(nestOf(shape, views), inputs.length), work);
  const steps = nest.strides.map((along) => along.at(-1)!);
  const cost = work + steps.reduce((sum, step) => sum + reach(step), 2);
  const grains = nest.sizes.map((_, axis) => (axis === nest.sizes.length - 1 ? 64 : 1));
  const cut = cutOf(nest.sizes, grains, (sizeOf(nest.sizes) * cost) / 4);
  let workspace = 0;

  const code = emit(frame, scans, { views, nest, cut }, ({ scope, lanes, axes, read, write }, at) => {
    const inner = axes.at(-1)!;
    const parts = bodyOf({ module: frame.module, lanes, body, wanted, isStill: (input) => steps[input] === 0 });
    const four = (at: readonly Local[], each: Four, stage?: number): Code =>
      parts.moving((input) => read(input, at, each), each.lanes < 4, stage);
    const stores = (at: readonly Local[], each: Four): Code =>
      parts.values.map((value, output) => write(inputs.length + output, value, at, each));
    const isStaged = parts.stages > 1 && inner.size >= 32;
    if (isStaged) workspace = roomOf(parts);
    const row = (at: readonly Local[]): Code => [
      parts.still((input) => read(input, at, { offset: 0, lanes: 4 })),
      isStaged
        ? inStages(scope, inner, at, frame.workspace, parts, four, stores)
        : walkLanes(scope, inner, unrolling(inner.size, cost), at, (at, fours) => fours.map((each) => [four(at, each), stores(at, each)])),
    ];
    return walk(scope, axes.slice(0, -1), at, row);
  });
  return { code, parts: cut.parts, workspace };
}

/** How many times four indices to write out: where the loop around them would cost as much as they do. */
function unrolling(size: number, cost: number): number {
  const wanted = cost <= 10 ? 4 : cost <= 20 ? 2 : 1;
  return size >= 4 * wanted ? wanted : 1;
}
