// Views of every kind that is legal: permuted, spread, flipped, repeated, empty, moved by enclosing scans, side by side in one slot.
import type { Shape, View } from "@sluice/core";
import { extentOf } from "@sluice/core/kit";
import { type Choices, decided } from "./choices.ts";

/** A view that has no slot yet, and how long its slot must be. */
export interface Layout {
  readonly view: Omit<View, "slot">;
  readonly length: number;
}

/** Views on slots of their own, inside scans of up to two levels, with the lengths of those. */
export const views = decided((choose) => {
  const lengths = lengthsOf(choose, 2);
  return { lengths, ...layout(choose, shapeOf(choose, 3), lengths) };
});

/** A shape of rank 0 to `rank`, with now and then a size past a block of any backend. */
export function shapeOf(choose: Choices, rank: number): number[] {
  return sizesOf(choose, choose.below(rank + 1), 1_000);
}

/** `count` sizes, of `most` indices together: mostly small; now and then nothing, an odd number past 8, 16 or 64, or a few hundred. */
export function sizesOf(choose: Choices, count: number, most: number): number[] {
  let left = most;
  return Array.from({ length: count }, () => {
    const size = choose.once(10) ? choose.pick([9, 17, 65, 130, 258]) : choose.pick([1, 2, 3, 4, 5, 7, 0]);
    const taken = Math.min(size, left);
    left = Math.floor(left / Math.max(1, taken));
    return taken;
  });
}

/** The lengths of up to `most` scans around a step. */
export function lengthsOf(choose: Choices, most: number): number[] {
  return Array.from({ length: choose.below(most + 1) }, () => choose.pick([2, 1, 3, 0]));
}

/** An injective view over `shape` with memory of its own for every iteration of every scan, or for none of a scan. */
export function layout(choose: Choices, shape: Shape, lengths: readonly number[]): Layout {
  const moving = lengths.map((length) => (choose.once(4) ? 1 : length));
  const strides = spread(choose, [...shape, ...moving]);
  const advance = lengths.map((_, d) => (moving[d] === 1 ? 0 : strides[shape.length + d]!));
  return placed(choose, { offset: 0, shape, strides: strides.slice(0, shape.length), advance }, lengths);
}

/** A view for reading: also repeated along some axes, or overlapping itself. */
export function reading(choose: Choices, shape: Shape, lengths: readonly number[]): Layout {
  if (choose.once(3))
    return placed(
      choose,
      { offset: 0, shape, strides: shape.map(() => choose.pick([0, 1, 2, -1])), advance: lengths.map(() => choose.pick([0, 1, -2])) },
      lengths,
    );
  const { view } = layout(choose, shape, lengths);
  return placed(choose, { ...view, strides: view.strides.map((stride) => (choose.once(5) ? 0 : stride)) }, lengths);
}

/** `count` injective views side by side in one slot, as the gates of a cell are. */
export function parts(
  choose: Choices,
  count: number,
  shape: Shape,
  lengths: readonly number[],
): { readonly views: readonly Layout["view"][]; readonly length: number } {
  const { view, length } = layout(choose, [...shape, count], lengths);
  const [step, strides] = [view.strides.at(-1)!, view.strides.slice(0, -1)];
  return { views: Array.from({ length: count }, (_, part) => ({ ...view, offset: view.offset + part * step, shape, strides })), length };
}

/** Two views of one slot, the second one iteration of the innermost scan ahead of the first: what a step reads as its state, and what it writes. */
export function states(
  choose: Choices,
  shape: Shape,
  lengths: readonly number[],
): { readonly views: readonly [Layout["view"], Layout["view"]]; readonly length: number } {
  const [outer, inner] = [lengths.slice(0, -1), lengths.at(-1)!];
  const { view, length } = layout(choose, [...shape, inner + 1], outer);
  const step = view.strides.at(-1)!;
  const now = { ...view, shape, strides: view.strides.slice(0, -1), advance: [...view.advance, step] };
  return { views: [now, { ...now, offset: now.offset + step }], length };
}

/** A view over `shape` inside a slot of `length` elements, if what was chosen fits there. */
export function within(choose: Choices, shape: Shape, lengths: readonly number[], length: number): Layout["view"] | undefined {
  const tight = spread(choose, shape);
  const view = {
    offset: 0,
    shape,
    strides: choose.once(3) ? shape.map(() => choose.pick([1, 0, 2, -1])) : tight,
    advance: lengths.map(() => choose.pick([0, 1, -1, 3])),
  };
  const extent = extentOf({ ...view, slot: 0 }, lengths);
  if (extent === undefined) return view;
  const room = length - (extent[1] - extent[0] + 1);
  return room < 0 ? undefined : { ...view, offset: choose.below(room + 1) - extent[0] };
}

/** Strides that keep all indices apart, in any order of the axes, with gaps and flips. */
function spread(choose: Choices, sizes: Shape): number[] {
  const axes = sizes.map((_, axis) => axis).reverse();
  const order = choose.once(2)
    ? axes
        .map((axis) => ({ axis, key: choose.below(100) }))
        .sort((x, y) => x.key - y.key)
        .map(({ axis }) => axis)
    : axes;
  const strides = new Array<number>(sizes.length).fill(0);
  let step = 1;
  for (const axis of order) {
    if (choose.once(6)) step += choose.pick([1, 2, 5]);
    strides[axis] = choose.once(5) ? -step : step;
    step *= Math.max(1, sizes[axis]!);
  }
  return strides;
}

/** The offset that lets the view begin at its slot's first element, or a little after. */
function placed(choose: Choices, view: Layout["view"], lengths: readonly number[]): Layout {
  const extent = extentOf({ ...view, slot: 0 }, lengths);
  if (extent === undefined) return { view, length: choose.below(3) };
  const before = choose.once(4) ? choose.below(4) : 0;
  return {
    view: { ...view, offset: view.offset + before - extent[0] },
    length: before + extent[1] - extent[0] + 1 + (choose.once(4) ? choose.below(4) : 0),
  };
}
