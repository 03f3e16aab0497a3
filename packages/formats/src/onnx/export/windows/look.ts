// A window as nodes: the elements under other axes, slices, a transposition, and repeats.
import type { Window } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { denseStrides, expand, gather, reshape, sizeOf, slice, transpose } from "../emission/operators.ts";
import type { Affine, Numbers } from "../emission/values.ts";
import { isCut, walkOf } from "./radix.ts";
import { nth } from "../../read/there.ts";

/** What the window shows of x, with axes of 1 where it repeats: what broadcasts to its shape. */
export function lookThrough(e: Emitter, x: Numbers, window: Window): Numbers {
  const isRepeated = (axis: number): boolean => window.strides[axis] === 0;
  const target = window.shape.map((n, axis) => (isRepeated(axis) ? 1 : n));
  const isOrdered = window.offset === 0 && sizeOf(target) === sizeOf(x.shape) && isInOrder(target, window);
  if (isOrdered && !(e.evenly && isCut(x.shape, window))) return reshape(e, x, target);
  const walk = walkOf(x.shape, window, e.evenly);
  let seen = reshape(e, x, walk.axes);
  seen = slice(
    e,
    seen,
    walk.moves.flatMap((moves, axis) => {
      const [only] = moves,
        start = nth(walk.starts, axis);
      if (moves.length > 1) return [];
      return only === undefined ? [{ axis, start, n: 1, step: 1 }] : [{ axis, start, n: only.n, step: only.step }];
    }),
  );
  // Axes of the window in the order in which they lie now.
  const order: (number | undefined)[] = [];
  for (const [axis, moves] of walk.moves.entries()) {
    const at = order.length;
    if (moves.length > 1) {
      const index: Affine = {
        kind: "affine",
        offset: nth(walk.starts, axis),
        axes: moves.map(({ n, step }) => ({ n, step })),
        shape: moves.map(({ n }) => n),
        elem: "i64",
      };
      seen = gather(e, seen, index, at);
      order.push(...moves.map(({ from }) => from));
    } else order.push(moves[0]?.from);
  }
  const places = order.map((from, place) => ({ from, place }));
  const moved = places.filter(({ from }) => from !== undefined).sort((a, b) => (a.from ?? 0) - (b.from ?? 0)),
    still = places.filter(({ from }) => from === undefined);
  const isSorted = moved.every(({ place }, k) => k === 0 || place > nth(moved, k - 1).place);
  if (!isSorted)
    seen = transpose(
      e,
      seen,
      [...moved, ...still].map(({ place }) => place),
    );
  return reshape(e, seen, target);
}

/** The same, with its repeats. */
export function lookAtAll(e: Emitter, x: Numbers, window: Window): Numbers {
  return expand(e, lookThrough(e, x, window), window.shape);
}

function isInOrder(target: readonly number[], { strides }: Window): boolean {
  return denseStrides(target).every((stride, axis) => target[axis] === 1 || strides[axis] === stride);
}
