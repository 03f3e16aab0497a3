// What can be said of views without running anything: where they reach, whether they repeat an element, whether two meet.
// Used by `check`, and by passes and backends that move or split work.
import type { Shape, View } from "../backend.ts";
import { denseStrides, sameShape } from "../shape.ts";
import { type Term, hasSolution } from "./diophantine.ts";

/** A contiguous view on a slot; `more` says where it starts and how it advances. */
export function dense(slot: number, shape: Shape, more: { readonly offset?: number; readonly advance?: readonly number[] } = {}): View {
  return { slot, offset: 0, shape, strides: denseStrides(shape), advance: [], ...more };
}

/**
 * The first and last element that a view names over all iterations of its enclosing scans, whose `lengths` stand outermost first.
 * Undefined where it names none: an empty shape, or a scan of length 0.
 */
export function extentOf(view: View, lengths: readonly number[]): readonly [first: number, last: number] | undefined {
  let [first, last] = [view.offset, view.offset];
  for (const { step, count } of [...axesOf(view), ...advanceTerms(view, lengths)]) {
    if (count === 0) return undefined;
    if (step < 0) first += step * (count - 1);
    else last += step * (count - 1);
  }
  return [first, last];
}

/** Does the view name `element` in some iteration? Exact. */
export function names(view: View, lengths: readonly number[], element: number): boolean {
  return hasSolution([...axesOf(view), ...advanceTerms(view, lengths)], element - view.offset);
}

/** Does every index of the view name an element of its own? Exact; iterations of scans are apart and do not count. */
export function injective(view: View): boolean {
  const axes = axesOf(view)
    .filter(({ count }) => count !== 1)
    .map(({ step, count }) => ({ step: Math.abs(step), count }))
    .sort((x, y) => x.step - y.step);
  if (axes.some(({ count }) => count === 0)) return true;
  // Two indices i ≠ j meet where Σ step·(i − j) = 0. In the largest axis in which they differ, let i be ahead: the smaller axes must make up for it.
  let below = 0;
  return axes.every(({ step, count }, at) => {
    const apart = step > below || !hasSolution([{ step, count: count - 1 }, ...axes.slice(0, at).map(difference)], below - step);
    below += step * (count - 1);
    return apart;
  });
}

/** Does some iteration of the enclosing scans let both views name one element? Exact. Views of different slots never meet. */
export function overlap(a: View, b: View, lengths: readonly number[]): boolean {
  if (a.slot !== b.slot) return false;
  const moves = lengths.map((count, d): Term => ({ step: a.advance[d]! - b.advance[d]!, count }));
  const against = axesOf(b).map(({ step, count }): Term => ({ step: -step, count }));
  return hasSolution([...axesOf(a), ...against, ...moves], b.offset - a.offset);
}

/**
 * May what `a` names in an iteration of the enclosing scans be what `b` names in another one? Exact where both move alike; otherwise said of
 * any views that could. Views of different slots never meet.
 */
export function hasLoopCarriedOverlap(a: View, b: View, lengths: readonly number[]): boolean {
  if (a.slot !== b.slot || lengths.every((length) => length <= 1)) return false;
  if (lengths.some((length, d) => length > 1 && a.advance[d] !== b.advance[d])) return true;
  const against = axesOf(b).map(({ step, count }): Term => ({ step: -step, count }));
  // The iterations differ by at least 1 along some scan d, either way, and by anything along the others.
  return lengths.some((length, d) =>
    [1, -1].some((way) => {
      const first = way * a.advance[d]!;
      const others = lengths.flatMap((count, e) => (e === d ? [] : [{ step: a.advance[e]!, count: 2 * count - 1 }]));
      const back = lengths.reduce((sum, count, e) => sum + (e === d ? 0 : a.advance[e]! * (count - 1)), 0);
      return hasSolution([...axesOf(a), ...against, { step: first, count: length - 1 }, ...others], b.offset - a.offset - first + back);
    }),
  );
}

/** Do both views name the same element at every index of every iteration? */
export function identical(a: View, b: View, lengths: readonly number[]): boolean {
  return (
    a.slot === b.slot &&
    a.offset === b.offset &&
    sameShape(a.shape, b.shape) &&
    a.shape.every((size, axis) => size <= 1 || a.strides[axis] === b.strides[axis]) &&
    lengths.every((length, d) => length <= 1 || a.advance[d] === b.advance[d])
  );
}

function axesOf({ shape, strides }: View): Term[] {
  return shape.map((count, axis) => ({ step: strides[axis]!, count }));
}

function advanceTerms({ advance }: View, lengths: readonly number[]): Term[] {
  return lengths.map((count, d) => ({ step: advance[d]!, count }));
}

/** i − j over two indices of an axis, moved up by count − 1 so that it starts at 0. */
function difference({ step, count }: Term): Term {
  return { step, count: 2 * count - 1 };
}
