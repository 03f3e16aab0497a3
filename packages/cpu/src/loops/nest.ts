// The loops of a step: which axes there are, in which order, and how far each view moves along them. Fewer and longer is faster.
import type { Shape, View } from "@sluice/core";

/** Axes from the outermost in, and the strides of every view along them. */
export interface Nest {
  readonly sizes: readonly number[];
  /** `strides[view][axis]` */
  readonly strides: readonly (readonly number[])[];
}

/** The loops over `shape`; axes of size 1 are left out. */
export function nestOf(shape: Shape, views: readonly Pick<View, "strides">[]): Nest {
  return pickAxes(
    { sizes: shape, strides: views.map(({ strides }) => strides) },
    shape.flatMap((size, axis) => (size === 1 ? [] : [axis])),
  );
}

/** The same loops with the axes along which `view` moves least innermost. For steps that may visit indices in any order. */
export function sortAxes(nest: Nest, view: number): Nest {
  const by = nest.strides[view] ?? nest.sizes.map(() => 0);
  const distance = (axis: number): number => Math.abs(by[axis]!);
  return pickAxes(
    nest,
    nest.sizes.map((_, axis) => axis).sort((x, y) => distance(y) - distance(x) || x - y),
  );
}

/** Joins neighbouring axes wherever every view steps over both evenly. */
export function collapseAxes({ sizes, strides }: Nest): Nest {
  const runs: { size: number; inner: number }[] = [];
  sizes.forEach((size, axis) => {
    const outer = runs.at(-1);
    const even = outer !== undefined && strides.every((along) => along[outer.inner]! === along[axis]! * size);
    if (even) runs[runs.length - 1] = { size: outer.size * size, inner: axis };
    else runs.push({ size, inner: axis });
  });
  return { sizes: runs.map(({ size }) => size), strides: strides.map((along) => runs.map(({ inner }) => along[inner]!)) };
}

/** At least `axes` axes, by outermost ones of size 1. */
export function padAxes({ sizes, strides }: Nest, axes: number): Nest {
  const ones = new Array<number>(Math.max(0, axes - sizes.length)).fill(1);
  return { sizes: [...ones, ...sizes], strides: strides.map((along) => [...ones.map(() => 0), ...along]) };
}

function pickAxes({ sizes, strides }: Nest, axes: readonly number[]): Nest {
  return { sizes: axes.map((axis) => sizes[axis]!), strides: strides.map((along) => axes.map((axis) => along[axis]!)) };
}
