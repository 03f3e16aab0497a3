// Loops that carry pointers. Sizes and strides are known when the code is written.
import {
  type Code,
  type FunctionScope,
  type Local,
  brIf,
  bump,
  countDown,
  get,
  i32,
  ifElse,
  loop,
  repeat,
  set,
  tee,
} from "../wasm/index.ts";
import { type KernelContext, addressOf } from "./kernelFunction.ts";
import type { InductionPointer } from "./inductionPointers.ts";

export type Scope = Pick<FunctionScope, "local">;

/** A range of an axis that is known at run time only: from index `first`, `count` of them. */
export interface AxisRange {
  readonly axis: number;
  readonly first: Local;
  readonly count: Local;
}

/** New locals that point at the first elements, or where `range` starts. */
export function initPointers(
  context: KernelContext,
  scope: Scope,
  inductionPointers: readonly InductionPointer[],
  iterations: readonly Local[],
  range?: AxisRange,
): [Local[], Code] {
  const pointers = inductionPointers.map(() => scope.local("i32"));
  const code = inductionPointers.map(({ view, strides }, p) => {
    const skipped = range === undefined ? 0 : strides[range.axis]! * 4;
    const from = addressOf(context, view, iterations);
    return set(pointers[p]!, skipped === 0 ? from : i32.add(from, i32.mul(get(range!.first), i32.const(skipped))));
  });
  return [pointers, code];
}

/** An axis to walk: how often, known now or at run time, and the elements each pointer moves each time. */
export interface Axis {
  readonly size: number;
  readonly count?: Local;
  readonly strides: readonly number[];
}

/** The axes of a nest as induction pointers walk them, with the range where it belongs. */
export function axesOf(sizes: readonly number[], inductionPointers: readonly InductionPointer[], range?: AxisRange): Axis[] {
  return sizes.map((size, axis) => ({
    size,
    strides: inductionPointers.map(({ strides }) => strides[axis]!),
    ...(range?.axis === axis && { count: range.count }),
  }));
}

/** `body` at every index of the axes, outermost first. It is given pointers that it must not move. */
export function loopNest(
  scope: Scope,
  axes: readonly Axis[],
  pointers: readonly Local[],
  body: (pointers: readonly Local[]) => Code,
): Code {
  const [axis, ...inner] = axes;
  if (axis === undefined) return body(pointers);
  if (axis.size === 1 && axis.count === undefined) return loopNest(scope, inner, pointers, body);
  const [moving, begin] = copies(scope, axis, pointers);
  const step = [loopNest(scope, inner, moving, body), advance(axis, moving, 1)];
  return [begin, times(scope, axis.size, axis.count && get(axis.count), step)];
}

/** Four indices of an axis, `offset` beyond the pointers; fewer lanes only at the end. */
export interface LaneGroup {
  readonly offset: number;
  readonly lanes: number;
}

/**
 * `body` for all indices of an axis, up to `unroll` lane groups at a time. Where `count` is known at run time only, it is a multiple of
 * 4·unroll unless it reaches the end of the axis. `unroll` is a power of 2.
 */
export function vectorLoop(
  scope: Scope,
  axis: Axis,
  unroll: number,
  pointers: readonly Local[],
  body: (pointers: readonly Local[], group: readonly LaneGroup[]) => Code,
): Code {
  const [moving, begin] = copies(scope, axis, pointers);
  const width = 4 * unroll;
  const whole = Math.floor(axis.size / width);
  const left = axis.size % width;
  const main = whole === 0 ? [] : [body(moving, laneGroupsIn(width)), advance(axis, moving, width)];
  const end = left === 0 ? [] : body(moving, laneGroupsIn(left));
  if (axis.count === undefined) return [begin, times(scope, whole, undefined, main), end];
  const count = get(axis.count);
  return [
    begin,
    whole === 0 ? [] : times(scope, whole, i32.shr(count, i32.const(Math.log2(width))), main),
    left === 0 ? [] : ifElse(i32.and(count, i32.const(width - 1)), end),
  ];
}

/** `body` for an axis in blocks of at most `maxBlock` indices, a multiple of 64: it is given the axis of a block, and pointers to its start. */
export function stripMinedLoop(
  scope: Scope,
  axis: Axis,
  maxBlock: number,
  pointers: readonly Local[],
  body: (axis: Axis, pointers: readonly Local[]) => Code,
): Code {
  if (axis.size <= maxBlock) return body(axis, pointers);
  const [left, count] = [scope.local("i32"), scope.local("i32")];
  const [moving, begin] = copies(scope, axis, pointers);
  return [
    begin,
    set(left, axis.count === undefined ? i32.const(axis.size) : get(axis.count)),
    loop([
      set(count, i32.min(get(left), i32.const(maxBlock))),
      body({ ...axis, count }, moving),
      advance(axis, moving, maxBlock),
      brIf(0, i32.lt(i32.const(0), tee(left, i32.sub(get(left), i32.const(maxBlock))))),
    ]),
  ];
}

/** The axis with one more pointer, which moves so many elements along it. */
export function withPointer(axis: Axis, stride: number): Axis {
  return { ...axis, strides: [...axis.strides, stride] };
}

function laneGroupsIn(indices: number): LaneGroup[] {
  return Array.from({ length: Math.ceil(indices / 4) }, (_, i) => ({ offset: 4 * i, lanes: Math.min(4, indices - 4 * i) }));
}

/** Locals of their own for the pointers that an axis moves. */
function copies(scope: Scope, { strides }: Axis, pointers: readonly Local[]): [Local[], Code] {
  const moving = pointers.map((pointer, p) => (strides[p] === 0 ? pointer : scope.local("i32")));
  return [moving, moving.map((copy, p) => (copy === pointers[p] ? [] : set(copy, get(pointers[p]!))))];
}

function advance({ strides }: Axis, pointers: readonly Local[], by: number): Code {
  return pointers.map((pointer, p) => bump(pointer, strides[p]! * by * 4));
}

/** As often as is known now, or as `count` says at run time. */
function times(scope: Scope, known: number, count: Code | undefined, step: Code): Code {
  const left = scope.local("i32");
  if (count === undefined) return repeat(left, known, step);
  return ifElse(tee(left, count), loop([step, brIf(0, countDown(left))]));
}
