// Zeros with pieces laid onto them: side by side where they lie so, padded where one lies alone, and otherwise element by element.
import type { Shape } from "@sluice/core";
import type { Window } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { concat, elementwise, filled, pad, reshape, sizeOf, transpose } from "../emission/operators.ts";
import { type Affine, type Elem, int, type Numbers } from "../emission/values.ts";
import { ownWalk } from "./radix.ts";
import { nth } from "../../read/there.ts";

export interface Laid {
  /** Of the window's shape. */
  readonly x: Numbers;
  readonly window: Window;
}

/** A piece as a box of the whole's axes. */
interface Box {
  readonly x: Numbers;
  readonly starts: Shape;
  readonly sizes: Shape;
}

export function layOnto(e: Emitter, pieces: readonly Laid[], shape: Shape, elem: Elem): Numbers {
  const boxes = pieces.map((piece) => boxOf(e, piece, shape));
  if (!boxes.every((box) => box !== undefined)) return scattered(e, pieces, shape, elem);
  const axis = shape.findIndex((_, k) => boxes.every(({ sizes }) => sizes.every((n, a) => a === k || n === shape[a])));
  if (axis >= 0 && boxes.length > 1) return sideBySide(e, boxes, shape, axis, elem);
  return boxes
    .map(({ x, starts, sizes }) =>
      pad(
        e,
        x,
        sizes.map((n, a): [number, number] => [nth(starts, a), nth(shape, a) - nth(starts, a) - n]),
      ),
    )
    .reduce((sum, x) => elementwise(e, "Add", [sum, x]));
}

function boxOf(e: Emitter, { x, window }: Laid, shape: Shape): Box | undefined {
  const walk = ownWalk(shape, window);
  if (walk === undefined || walk.moves.some((moves) => moves.some(({ step }) => step !== 1))) return undefined;
  const sizes = walk.moves.map(([move]) => move?.n ?? 1);
  const order = walk.moves.flatMap(([move]) => (move === undefined ? [] : [move.from]));
  const rest = window.shape.map((_, axis) => axis).filter((axis) => !order.includes(axis)); // of size 1
  const isSorted = order.every((from, k) => k === 0 || from > nth(order, k - 1));
  return { x: reshape(e, isSorted ? x : transpose(e, x, [...order, ...rest]), sizes), starts: walk.starts, sizes };
}

function sideBySide(e: Emitter, boxes: readonly Box[], shape: Shape, axis: number, elem: Elem): Numbers {
  const parts: Numbers[] = [];
  let at = 0;
  const gap = (to: number): void => {
    if (to > at) parts.push(filled(e, 0, shape.with(axis, to - at), elem));
  };
  for (const { x, starts, sizes } of boxes.toSorted((a, b) => nth(a.starts, axis) - nth(b.starts, axis))) {
    gap(nth(starts, axis));
    parts.push(x);
    at = nth(starts, axis) + nth(sizes, axis);
  }
  gap(nth(shape, axis));
  return concat(e, parts, axis);
}

function scattered(e: Emitter, pieces: readonly Laid[], shape: Shape, elem: Elem): Numbers {
  let all = filled(e, 0, [sizeOf(shape)], elem);
  for (const { x, window } of pieces) {
    const index: Affine = {
      kind: "affine",
      offset: window.offset,
      axes: window.shape.map((n, axis) => ({ n, step: nth(window.strides, axis) })),
      shape: window.shape,
      elem: "i64",
    };
    const flat = [sizeOf(window.shape)];
    all = e.add("ScatterElements", [all, reshape(e, index, flat), reshape(e, x, flat)], { shape: all.shape, elem }, { axis: int(0) });
  }
  return reshape(e, all, shape);
}
