// Sliding windows along an axis. Neighbours share elements, and nothing is copied: it is a view. And the way back, sums of what windows give.
import * as make from "../graph/make.ts";
import { denseStrides } from "../shape.ts";
import { checkAxis } from "./axis.ts";
import type { Tensor } from "./tensor.ts";

export interface Windows {
  /** How many elements there are in each. */
  readonly size: number;
  /** From one window to the next. */
  readonly stride: number;
  /** From one element of a window to the next. */
  readonly dilation: number;
}

/** […, n, …] → […, windows, size, …]: element k of window i is i·stride + k·dilation. None where n is too small for one. */
export function slidingWindows(x: Tensor, axis: number, { size, stride, dilation }: Windows): Tensor {
  const along = checkAxis("slidingWindows", x, axis),
    strides = denseStrides(x.shape),
    step = strides[along]!;
  const window = {
    offset: 0,
    shape: x.shape.toSpliced(along, 1, windowCount(x.shape[along]!, { size, stride, dilation }), size),
    strides: strides.toSpliced(along, 1, stride * step, dilation * step),
  };
  const axes = x.shape.map((_, a) => x.axes[a]);
  return x.derive(make.view(x.node, window), axes.toSpliced(along + 1, 0, undefined), x.name);
}

/** The other way: taps[k] […, windows, …] is what element k of each window gives; what falls on the same place of n is added. n is enough for all windows. */
export function overlapAdd(
  taps: readonly [Tensor, ...Tensor[]],
  axis: number,
  { stride, dilation }: Omit<Windows, "size">,
  n: number,
): Tensor {
  const [first] = taps,
    along = checkAxis("overlapAdd", first, axis),
    shape = first.shape.with(along, n),
    strides = denseStrides(shape),
    step = strides[along]!;
  const places = taps.map(({ node }, k) => {
    const window = { offset: k * dilation * step, shape: node.shape, strides: strides.with(along, stride * step) };
    return make.place([{ x: node, window }], shape, node.dtype);
  });
  return first.derive(make.sum(places), first.axes);
}

/** How many windows fit into n elements. */
export function windowCount(n: number, { size, stride, dilation }: Windows): number {
  return Math.max(0, Math.floor((n - (size - 1) * dilation - 1) / stride) + 1);
}
