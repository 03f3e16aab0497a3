// Arithmetic on windows: composing them, and telling whether they are injective or disjoint. Knows shapes and strides, no nodes.
import type { Shape } from "../backend.ts";
import { denseStrides, sameShape, sizeOf } from "../shape.ts";
import type { Window } from "./node.ts";

export function dense(shape: Shape): Window {
  return { offset: 0, shape, strides: denseStrides(shape) };
}

/** Is the window all of `shape` in row-major order? Axes of size 1 may have any stride. */
export function isWhole(window: Window, shape: Shape): boolean {
  const strides = denseStrides(shape);
  return (
    window.offset === 0 &&
    sameShape(window.shape, shape) &&
    (sizeOf(shape) === 0 || window.strides.every((s, axis) => s === strides[axis] || shape[axis] === 1))
  );
}

/** Does the window show all elements of `shape` in row-major order, under whatever shape? */
export function isReshape(window: Window, shape: Shape): boolean {
  return sizeOf(window.shape) === sizeOf(shape) && isWhole(window, window.shape);
}

/** Does it show an element more than once, along an axis? */
export function hasBroadcastAxis({ shape, strides }: Window): boolean {
  return strides.some((s, axis) => s === 0 && shape[axis]! > 1);
}

export function sameWindow(a: Window, b: Window): boolean {
  return a.offset === b.offset && sameShape(a.shape, b.shape) && a.strides.every((s, axis) => s === b.strides[axis] || a.shape[axis] === 1);
}

/** The order of axes by which a window transposes `shape`, if that is all it does. */
export function permutation(window: Window, shape: Shape): readonly number[] | undefined {
  if (window.offset !== 0 || window.shape.length !== shape.length) return undefined;
  const strides = denseStrides(shape),
    order: number[] = [];
  for (const [k, n] of window.shape.entries()) {
    const axis = shape.findIndex((m, a) => m === n && !order.includes(a) && (n === 1 || strides[a] === window.strides[k]));
    if (axis < 0) return undefined;
    order.push(axis);
  }
  return order;
}

/**
 * The window `outer`, given on the row-major elements of `inner.shape`, as a window on what `inner` is a window on;
 * undefined where no single set of strides describes it (a reshape across a gap).
 */
export function compose(outer: Window, inner: Window): Window | undefined {
  if (sizeOf(outer.shape) === 0) return { offset: inner.offset, shape: outer.shape, strides: outer.shape.map(() => 0) };
  const groups = mergeAxes(inner);
  const reach = toMixedRadix(outer, groups);
  if (reach === undefined) return undefined;
  const along = (d: readonly number[]): number => d.reduce((sum, q, g) => sum + q * groups[g]!.stride, 0);
  return { offset: inner.offset + along(reach.offset), shape: outer.shape, strides: reach.strides.map(along) };
}

/** Can elements of shape `coarse` be seen under shape `fine`, in order, wherever they lie? */
export function canReshapeStrided(fine: Shape, coarse: Shape): boolean {
  const gapped = denseStrides(coarse.map((n) => n + 1)); // no two axes act as one
  return compose(dense(fine), { offset: 0, shape: coarse, strides: gapped }) !== undefined;
}

/** No two indices name one element. Exact for nested strides, conservative (false) otherwise. */
export function isInjective(window: Window): boolean {
  if (sizeOf(window.shape) <= 1) return true;
  const axes = window.shape.map((n, axis) => ({ n, stride: Math.abs(window.strides[axis]!) })).filter((a) => a.n > 1);
  axes.sort((a, b) => a.stride - b.stride);
  let span = 0;
  for (const { n, stride } of axes) {
    if (stride <= span) return false;
    span += (n - 1) * stride;
  }
  return true;
}

/** Do two windows on `shape` share no element? It may say false where that is hard to tell. */
export function areDisjoint(a: Window, b: Window, shape: Shape): boolean {
  if (sizeOf(a.shape) === 0 || sizeOf(b.shape) === 0) return true;
  const x = boundingBox(a, shape),
    y = boundingBox(b, shape);
  return (
    (x !== undefined && y !== undefined && x.some(([low, high], axis) => high < y[axis]![0] || y[axis]![1] < low)) || areInterleaved(a, b)
  );
}

/**
 * Is there no way to get from an element of one window to an element of the other? The way is a number of strides of each size, the largest
 * first: what is left must be within reach of the smaller ones. Gives up (false) after a thousand tries.
 */
function areInterleaved(a: Window, b: Window): boolean {
  const reach = new Map<number, { low: number; high: number }>();
  const add = ({ shape, strides }: Window, sign: number): void =>
    strides.forEach((stride, axis) => {
      const far = (shape[axis]! - 1) * Math.sign(stride) * sign,
        known = reach.get(Math.abs(stride)) ?? { low: 0, high: 0 };
      reach.set(Math.abs(stride), { low: known.low + Math.min(0, far), high: known.high + Math.max(0, far) });
    });
  add(a, 1);
  add(b, -1);
  const steps = [...reach].filter(([stride]) => stride > 0).sort(([s], [t]) => t - s);
  let tries = 1000;
  const meets = (left: number, from: number): boolean => {
    if (tries-- <= 0) return true;
    const step = steps[from];
    if (step === undefined) return left === 0;
    const [stride, { low, high }] = step,
      rest = steps.slice(from + 1);
    const below = rest.reduce((sum, [s, r]) => sum + s * r.low, 0),
      above = rest.reduce((sum, [s, r]) => sum + s * r.high, 0);
    for (let k = Math.max(low, Math.ceil((left - above) / stride)); k <= Math.min(high, Math.floor((left - below) / stride)); k++)
      if (meets(left - k * stride, from + 1)) return true;
    return false;
  };
  return !meets(b.offset - a.offset, 0);
}

/** A window on `shape` as a window on `part`, a slice of it that holds all of the window; undefined where it is not. */
export function relativeTo(window: Window, part: Window, shape: Shape): Window | undefined {
  const steps = denseStrides(shape),
    own = denseStrides(part.shape);
  if (part.shape.length !== shape.length || !part.strides.every((s, axis) => s === steps[axis] || part.shape[axis] === 1)) return undefined;
  const axes = shape.flatMap((n, axis) => (n > 1 ? [axis] : [])),
    groups = axes.map((axis) => ({ n: shape[axis]!, step: steps[axis]!, stride: own[axis]! }));
  const seen = toMixedRadix(window, groups),
    start = toMixedRadix({ offset: part.offset, shape: [], strides: [] }, groups)?.offset;
  if (seen === undefined || start === undefined) return undefined;
  if (!seen.range.every(([low, high], g) => low >= start[g]! && high < start[g]! + part.shape[axes[g]!]!)) return undefined;
  const along = (d: readonly number[]): number => d.reduce((sum, q, g) => sum + q * groups[g]!.stride, 0);
  return { offset: along(seen.offset.map((o, g) => o - start[g]!)), shape: window.shape, strides: seen.strides.map(along) };
}

/** The lowest and highest index the window touches on each axis of `shape` (of sizes above 1); undefined if it runs across axes. */
export function boundingBox(window: Window, shape: Shape): readonly (readonly [number, number])[] | undefined {
  const strides = denseStrides(shape);
  const groups = shape.map((n, axis) => ({ n, step: strides[axis]!, stride: strides[axis]! })).filter((g) => g.n > 1);
  return toMixedRadix(window, groups)?.range;
}

/** A run of axes that act as one: `n` elements, `step` apart in row-major order and `stride` apart where they really lie. */
interface MergedAxis {
  readonly n: number;
  readonly step: number;
  readonly stride: number;
}

function mergeAxes({ shape, strides }: Window): MergedAxis[] {
  const steps = denseStrides(shape),
    groups: MergedAxis[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis]!,
      stride = strides[axis]!,
      last = groups[0];
    if (n === 1) continue;
    if (last !== undefined && stride === last.stride * last.n) groups[0] = { ...last, n: n * last.n };
    else groups.unshift({ n, step: steps[axis]!, stride });
  }
  return groups;
}

interface MixedRadix {
  readonly offset: readonly number[];
  readonly strides: readonly (readonly number[])[];
  readonly range: readonly (readonly [number, number])[];
}

/** Writes offset and strides in the mixed radix of the groups; undefined if a walk along the axes would carry from one group into another. */
function toMixedRadix(window: Window, groups: readonly MergedAxis[]): MixedRadix | undefined {
  const write = (value: number): number[] => {
    let rest = Math.abs(value);
    return groups.map(({ step }) => {
      const q = Math.floor(rest / step);
      rest -= q * step;
      return value < 0 ? -q : q;
    });
  };
  const offset = write(window.offset);
  const strides = window.shape.map((n, axis) => (n > 1 ? write(window.strides[axis]!) : groups.map(() => 0)));
  const range = groups.map((_, g): [number, number] => {
    let low = offset[g]!,
      high = offset[g]!;
    for (const [axis, stride] of strides.entries()) {
      const far = stride[g]! * (window.shape[axis]! - 1);
      if (far < 0) low += far;
      else high += far;
    }
    return [low, high];
  });
  return range.every(([low, high], g) => low >= 0 && high < groups[g]!.n) ? { offset, strides, range } : undefined;
}
