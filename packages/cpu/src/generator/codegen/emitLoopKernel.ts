// What the kernels of maps, reduces, gathers and scatters have in common: loops over a nest, of which each part does a range.
import type { View } from "@sluice/core";
import type { Nest } from "../../loops/nest.ts";
import { type Callable, type Code, type FunctionScope, type Local, get, i32, ifElse } from "../wasm/index.ts";
import { type StridedAccess, load, store } from "./access.ts";
import { type Partition, rangeOf } from "./partition.ts";
import { type KernelContext, kernelParameters, parametersOf } from "./kernelFunction.ts";
import { type Lanes, lanesOf } from "./lanes.ts";
import { inductionPointersOf } from "./inductionPointers.ts";
import { type Axis, type LaneGroup, axesOf, initPointers } from "./loopNest.ts";

/** The loops of a kernel: four indices go along the innermost. */
export interface Loops {
  readonly views: readonly View[];
  readonly nest: Nest;
  readonly partition: Partition;
  /** Give every view its own pointer, because the kernel advances some of them itself (gather, scatter). */
  readonly separatePointers?: boolean;
}

/** What the body of a loop kernel is written with. */
export interface LoopKernelScope {
  readonly scope: Pick<FunctionScope, "local">;
  readonly lanes: Lanes;
  /** The axes of the nest, with the range of the parts where it belongs. */
  readonly axes: readonly Axis[];
  /** Leaves the elements of a view at four indices, in float32; `beyond` is how many elements further. */
  read(view: number, at: readonly Local[], group: LaneGroup, beyond?: number): Code;
  write(view: number, value: Local, at: readonly Local[], group: LaneGroup): Code;
}

/** A kernel's function. `body` is given what to write with, and pointers to where the loops begin. */
export function emitLoopKernel(
  context: KernelContext,
  scans: number,
  { views, nest, partition, separatePointers = false }: Loops,
  body: (kernel: LoopKernelScope, at: readonly Local[]) => Code,
): Callable {
  const { pointers, ofView } = inductionPointersOf(views, nest, separatePointers);
  const steps = nest.strides.map((along) => along.at(-1)!);
  return context.module.function({ params: parametersOf(scans) }, (scope) => {
    const { iterations, from, to } = kernelParameters(scope);
    const lanes = lanesOf(scope);
    const [range, limits] = rangeOf(scope, partition, from, to);
    const [at, begin] = initPointers(context, scope, pointers, iterations, range);
    const temporary = lanes.local();
    const access = (view: number, at: readonly Local[], { offset }: LaneGroup, beyond: number): StridedAccess => ({
      pointer: at[ofView[view]!.pointer]!,
      offset: ofView[view]!.offset + offset * steps[view]! + beyond,
      step: steps[view]!,
      dtype: context.dtypes[views[view]!.slot]!,
    });
    const code = body(
      {
        ...{ scope, lanes, axes: axesOf(nest.sizes, pointers, range) },
        read: (view, at, group, beyond = 0) => load(access(view, at, group, beyond), group.lanes, temporary),
        write: (view, value, at, group) => store(access(view, at, group, 0), value, group.lanes, temporary),
      },
      at,
    );
    return ifElse(i32.lt(get(from), get(to)), [lanes.setup(), limits, begin, code]);
  });
}
