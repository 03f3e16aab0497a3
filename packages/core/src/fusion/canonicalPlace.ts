// Places that only move elements are views, and what lies in them is written there directly where it can be.
import * as make from "../graph/make.ts";
import type { Node, Piece, Place } from "../graph/node.ts";
import { compose, dense, permutation } from "../graph/window.ts";

/** The same value with no place, or no view in it, that is not needed. */
export function canonicalPlace(place: Place): Node {
  return asTranspose(place) ?? make.place(place.pieces.map(withoutReshapeIn), place.shape, place.dtype);
}

/** A place that one piece covers in another order of the axes, as a view of the piece, if that would have to be copied there. */
function asTranspose({ pieces: [piece, other], shape }: Place): Node | undefined {
  if (piece === undefined || other !== undefined) return undefined;
  const { x, window } = piece;
  const order = hasOwnMemory(x) ? permutation(window, shape) : undefined;
  return order && make.transpose(x, inverse(order));
}

/** A value that is shown under another shape, as what it is. */
function withoutReshapeIn(piece: Piece): Piece {
  const { x } = piece;
  const inner = make.withoutReshape(x),
    window = inner === x ? undefined : compose(dense(inner.shape), piece.window);
  return window === undefined ? piece : { x: inner, window };
}

/** Is the value in memory of its own, whoever wants it? */
function hasOwnMemory(x: Node): boolean {
  return x.kind === "view" || x.kind === "input" || x.kind === "data" || x.kind === "param";
}

function inverse(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis));
}
