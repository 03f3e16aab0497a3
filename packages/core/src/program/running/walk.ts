// Visits the elements of strided views in row-major order. The clear way, for references and checks; fast backends nest loops.
import type { Shape, View } from "../../backend.ts";

/** Visits every index of a shape; `at[i]` is the position of the i-th view there. `at` is reused: keep no reference to it. */
export type Walk = (start: readonly number[], visit: (at: readonly number[]) => void) => void;

/**
 * A walk over `shape` along views of these strides, from the positions `start` that each call gives.
 * Allocates here, nothing per walk; one walk must end before the same walk starts again.
 */
export function walker(shape: Shape, strides: readonly (readonly number[])[]): Walk {
  const at = new Array<number>(strides.length).fill(0);
  const index = new Array<number>(shape.length).fill(0);
  const step = (axis: number, times: number): void => {
    for (let v = 0; v < at.length; v++) at[v] = at[v]! + strides[v]![axis]! * times;
  };
  const next = (): boolean => {
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) return (step(axis, 1), true);
      step(axis, 1 - shape[axis]!);
      index[axis] = 0;
    }
    return false;
  };
  return (start, visit) => {
    if (shape.includes(0)) return;
    for (let v = 0; v < at.length; v++) at[v] = start[v]!;
    do visit(at);
    while (next());
  };
}

/** Where each view starts in iteration t: `offset + Σ advance[d]·t[d]`. The returned array is reused. */
export function starts(views: readonly View[]): (t: readonly number[]) => readonly number[] {
  const at = new Array<number>(views.length).fill(0);
  return (t) => {
    for (let v = 0; v < views.length; v++) at[v] = start(views[v]!, t);
    return at;
  };
}

/** Where a view starts in iteration t. */
export function start({ offset, advance }: View, t: readonly number[]): number {
  let at = offset;
  for (let d = 0; d < advance.length; d++) at += advance[d]! * t[d]!;
  return at;
}
