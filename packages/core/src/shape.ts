// Shapes as lists of numbers: what a tensor, a node and a view have in common.
import type { Shape } from "./backend.ts";

/** The number of elements. */
export function sizeOf(shape: Shape): number {
  let product = 1;
  for (const n of shape) product *= n;
  return product;
}

/** Row-major strides of a contiguous array. */
export function denseStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; stride *= shape[axis]!, axis--) strides[axis] = stride;
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The greatest common divisor. */
export function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
