// What the kernels of maps, folds, gathers and scatters have in common: loops over a nest, of which each part does a range.
import type { View } from "@sluice/core";
import type { Nest } from "../../loops/nest.ts";
import { type Callable, type Code, type FunctionScope, type Local, get, i32, when } from "../wasm/index.ts";
import { type Run, load, store } from "./access.ts";
import { type Cut, rangeOf } from "./cut.ts";
import { type Frame, named, parametersOf } from "./kernel.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { tracksOf } from "./tracks.ts";
import { type Axis, type Four, axesOf, start } from "./walk.ts";

/** The loops of a kernel: four indices go along the innermost. */
export interface Loops {
  readonly views: readonly View[];
  readonly nest: Nest;
  readonly cut: Cut;
  /** Views that a kernel moves by itself have pointers of their own. */
  readonly apart?: boolean;
}

/** What a kernel is written with. */
export interface Emit {
  readonly scope: Pick<FunctionScope, "local">;
  readonly lanes: Lanes;
  /** The axes of the nest, with the range of the parts where it belongs. */
  readonly axes: readonly Axis[];
  /** Leaves the elements of a view at four indices, in float32; `beyond` is how many elements further. */
  read(view: number, at: readonly Local[], four: Four, beyond?: number): Code;
  write(view: number, value: Local, at: readonly Local[], four: Four): Code;
}

/** A kernel's function. `body` is given what to write with, and pointers to where the loops begin. */
export function emit(
  frame: Frame,
  scans: number,
  { views, nest, cut, apart = false }: Loops,
  body: (emit: Emit, at: readonly Local[]) => Code,
): Callable {
  const { tracks, places } = tracksOf(views, nest, apart);
  const steps = nest.strides.map((along) => along.at(-1)!);
  return frame.module.function({ params: parametersOf(scans) }, (scope) => {
    const { times, from, to } = named(scope);
    const lanes = lanesOf(scope);
    const [range, limits] = rangeOf(scope, cut, from, to);
    const [pointers, begin] = start(frame, scope, tracks, times, range);
    const free = lanes.local();
    const run = (view: number, at: readonly Local[], { offset }: Four, beyond: number): Run => ({
      pointer: at[places[view]!.track]!,
      offset: places[view]!.offset + offset * steps[view]! + beyond,
      step: steps[view]!,
      dtype: frame.dtypes[views[view]!.slot]!,
    });
    const code = body(
      {
        ...{ scope, lanes, axes: axesOf(nest.sizes, tracks, range) },
        read: (view, at, four, beyond = 0) => load(run(view, at, four, beyond), four.lanes, free),
        write: (view, value, at, four) => store(run(view, at, four, 0), value, four.lanes, free),
      },
      pointers,
    );
    return when(i32.lt(get(from), get(to)), [lanes.setup(), limits, begin, code]);
  });
}
