// Where a value lies in a slot, and how that looks through a view, from inside a loop, and from outside of it.
import type { View } from "../backend.ts";
import { internal } from "../errors.ts";
import type { Loop, Window } from "../graph/node.ts";
import { compose } from "../graph/window.ts";
import { denseStrides } from "../shape.ts";

/** A slot, and strides within it that may advance with the enclosing loops, outermost first. */
export type Placement = Omit<View, "shape">;

/** All of a slot, in order; the same in every iteration of so many loops. */
export function wholeSlot(slot: number, shape: readonly number[], depth = 0): Placement {
  return { slot, offset: 0, strides: denseStrides(shape), advance: Array.from({ length: depth }, () => 0) };
}

/** A window on what has this shape. */
export function throughWindow(placement: Placement, shape: readonly number[], window: Window): Placement {
  const seen = compose(window, { offset: placement.offset, shape, strides: placement.strides });
  if (seen === undefined) throw internal("schedule", "a view that its storage cannot express", { shape, window });
  return { slot: placement.slot, offset: seen.offset, strides: seen.strides, advance: placement.advance };
}

/** Row t + shift of something with a leading axis of steps, as the body sees it at iteration t; `depth` loops are around the loop. */
export function rowAt(
  { slot, offset, strides: [row = 0, ...strides], advance }: Placement,
  loop: Loop,
  shift: number,
  depth: number,
): Placement {
  return {
    slot,
    offset: offset + (loop.reverse ? Math.max(0, loop.steps - 1) + shift : shift) * row,
    strides,
    advance: [...atDepth(advance, depth), loop.reverse ? -row : row],
  };
}

/** The other way: what a body value that lies in rows is as a whole. */
export function allRows({ slot, offset, strides, advance }: Placement, loop: Loop): Placement {
  const step = advance.at(-1)!,
    first = loop.reverse ? offset + step * Math.max(0, loop.steps - 1) : offset;
  return { slot, offset: first, strides: [loop.reverse ? -step : step, ...strides], advance: advance.slice(0, -1) };
}

/** One entry for each of so many loops: what lies outside of the inner ones does not move with them. */
export function atDepth(advance: readonly number[], depth: number): readonly number[] {
  return advance.length === depth ? advance : [...advance, ...Array.from({ length: depth - advance.length }, () => 0)];
}
