// map: load a block of every input, run the body over it, store every output.
import type { DType, MapStep } from "@sluice/core";
import { bodyType, type Launch } from "@sluice/core/kit";
import { prepare } from "./body.ts";
import type { Buffer } from "../memory/buffer.ts";
import { type Visit, grid, layoutOf, resolveStarts } from "./grid.ts";
import { type Machine, block } from "./machine.ts";
import { collapseAxes, nestOf, padAxes, sortAxes } from "../loops/nest.ts";
import { write } from "./transfer.ts";

export function map(machine: Machine, step: MapStep, dtypes: readonly DType[]): Launch<Buffer> {
  const { shape, body, inputs, outputs } = step;
  const views = [...inputs, ...outputs.map(({ view }) => view)];
  const nest = padAxes(collapseAxes(sortAxes(nestOf(shape, views), inputs.length)), 2);
  const width = Math.max(1, Math.min(nest.sizes.at(-1)!, block));
  const height = Math.max(1, Math.min(nest.sizes.at(-2)!, Math.floor(block / nest.sizes.at(-1)!)));
  const blocks = grid(nest, height, width);
  const layouts = views.map((view, v) => layoutOf(nest, v, dtypes[view.slot]!, height, width));
  const { begin, evaluate, values } = prepare(
    machine,
    { body, dtype: bodyType(step, dtypes) },
    layouts,
    outputs.map(({ value }) => value),
  );
  const stores = layouts.slice(inputs.length);
  const visit: Visit = (at, rows, columns) => {
    evaluate(at, rows, columns);
    for (let o = 0; o < stores.length; o++)
      write(machine.memory, stores[o]!.dtype, at[inputs.length + o]!, stores[o]!, rows, columns, values[o]!, columns);
  };
  const from = new Array<number>(views.length).fill(0);
  return (slots, t) => {
    begin();
    blocks(resolveStarts(views, slots, t, from), visit);
  };
}
