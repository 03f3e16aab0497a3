// A strided window on the elements of a shape, as moves along axes: which axes the elements must be seen under, and how each axis of the window goes
// along them. Arithmetic alone: no nodes.
import type { Shape } from "@sluice/core";
import { denseStrides, sizeOf } from "@sluice/core/kit";
import type { Window } from "@sluice/core/graph";
import { nth } from "../../read/there.ts";

/** An axis of the window on one of `axes`. */
export interface Move {
  /** Of the window. */
  readonly from: number;
  readonly n: number;
  /** May be below 0. */
  readonly step: number;
}

export interface Walk {
  /** What the elements are seen under. */
  readonly axes: Shape;
  /** For each of these axes where the window starts on it, and which axes of the window go along it. */
  readonly starts: readonly number[];
  readonly moves: readonly (readonly Move[])[];
}

/**
 * As few moves along each axis as can be: none or one, and only where that cannot be, several, which overlap or interleave. `evenly`, axes are cut
 * nowhere, as whether they can be depends on the sizes.
 */
export function walkOf(shape: Shape, window: Window, evenly = false): Walk {
  const own = shape.filter((n) => n !== 1);
  for (const [axes, isSingle] of [
    [own, true],
    [split(shape, window, true), true],
    [own, false],
    [split(shape, window, false), false],
  ] as const) {
    const walk = axes === undefined || (evenly && isSingle && axes !== own) ? undefined : along(axes, window, isSingle);
    if (walk !== undefined) return walk;
  }
  return along([sizeOf(shape)], window, false) ?? { axes: own, starts: own.map(() => 0), moves: own.map(() => []) }; // every window goes along all elements
}

/** Do several axes of the window go along one of the shape? */
export function isCut(shape: Shape, window: Window): boolean {
  return along(shape, window, false)?.moves.some((moves) => moves.length > 1) === true;
}

/** The walk along axes of the shape as it is, where each axis of the window goes along one of its own. */
export function ownWalk(shape: Shape, window: Window): Walk | undefined {
  return along(shape, window, true);
}

function along(axes: Shape, { offset, shape, strides }: Window, isSingle: boolean): Walk | undefined {
  const own = denseStrides(axes),
    moves: Move[][] = axes.map(() => []),
    starts = axes.map((n, axis) => Math.floor(offset / nth(own, axis)) % n);
  for (const [from, n] of shape.entries()) {
    const stride = nth(strides, from);
    if (n === 1 || stride === 0) continue;
    const found = axes.findIndex((m, axis) => {
      const step = nth(own, axis);
      return (
        m > 1 &&
        step <= Math.abs(stride) &&
        Math.abs(stride) < step * m &&
        stride % step === 0 &&
        !(isSingle && nth(moves, axis).length > 0)
      );
    });
    if (found < 0) return undefined;
    nth(moves, found).push({ from, n, step: stride / nth(own, found) });
  }
  const isInside = moves.every((each, axis) => {
    const reach = (sign: number): number =>
      each.reduce((sum, { n, step }) => sum + (step * sign > 0 ? step * (n - 1) : 0), nth(starts, axis));
    return reach(-1) >= 0 && reach(1) < nth(axes, axis);
  });
  return isInside ? { axes, starts, moves } : undefined;
}

/** The axes of the shape cut where axes of the window go on, and one where they go across; undefined where there are no such axes. */
function split(shape: Shape, window: Window, withEnds: boolean): Shape | undefined {
  const total = sizeOf(shape);
  const moving = window.shape.flatMap((n, axis) =>
    n > 1 && window.strides[axis] !== 0 ? [{ n, stride: Math.abs(nth(window.strides, axis)) }] : [],
  );
  let bounds = new Set([1, ...denseStrides(shape), total]);
  for (const { n, stride } of moving) bounds = new Set([...bounds].filter((b) => !(stride < b && b < stride * n)));
  if (withEnds) {
    for (const { stride } of moving) bounds.add(stride);
    for (const { n, stride } of moving) if (fits(bounds, n * stride)) bounds.add(n * stride);
  }
  const chain = [...bounds.add(1).add(total)].sort((a, b) => b - a);
  if (!chain.every((b, i) => i === 0 || nth(chain, i - 1) % b === 0)) return undefined;
  return chain.slice(1).map((b, i) => nth(chain, i) / b);
}

function fits(bounds: ReadonlySet<number>, end: number): boolean {
  return [...bounds].every((b) => b % end === 0 || end % b === 0);
}
