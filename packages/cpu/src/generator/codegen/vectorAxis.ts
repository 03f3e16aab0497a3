// Which axis the four lanes run along.
import { type Nest, collapseAxes } from "../../loops/nest.ts";

/** Machine instructions for four elements that lie `stride` apart, read or written. */
export function accessCost(stride: number): number {
  if (stride === 0) return 0;
  return stride === 1 ? 1 : stride === -1 ? 2 : 8;
}

/** Instructions for one row of `size` indices along some axis, over all of its indices: with `cost` for four of them. */
export function vectorisedCost(size: number, cost: number): number {
  return ((Math.floor(size / 4) + (size % 4 === 0 ? 0 : 1.5)) * cost) / size;
}

/** The nest with the axis innermost along which four indices are had for least, when the body costs `work`. */
export function withVectorAxis(nest: Nest, work: number): Nest {
  const merged = collapseAxes(nest);
  if (merged.sizes.length === 0) return { sizes: [1], strides: merged.strides.map(() => [0]) };
  const costs = merged.sizes.map((size, axis) => {
    const memory = merged.strides.reduce((sum, along) => sum + accessCost(along[axis]!), 0);
    return vectorisedCost(size, 2 + work + memory);
  });
  const best = costs.lastIndexOf(Math.min(...costs));
  return collapseAxes(last(merged, best));
}

function last({ sizes, strides }: Nest, axis: number): Nest {
  const move = <T>(list: readonly T[]): T[] => [...list.slice(0, axis), ...list.slice(axis + 1), list[axis]!];
  return { sizes: move(sizes), strides: strides.map(move) };
}
