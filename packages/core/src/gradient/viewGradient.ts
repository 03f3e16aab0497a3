// The gradient of what is seen through a window: places that add up to it. What is seen more than once gets a sum.
import * as make from "../graph/make.ts";
import type { Node, Window } from "../graph/node.ts";
import { isInjective } from "../graph/window.ts";
import { gcd, sameShape, sizeOf } from "../shape.ts";

/** Repeated elements are summed first; overlapping ones (sliding windows) take one place per tap. */
export function viewGradient(dy: Node, window: Window, x: Node): readonly Node[] {
  const repeated = window.strides.flatMap((s, axis) => (s === 0 && window.shape[axis]! !== 1 ? [axis] : []));
  if (repeated.length > 0) {
    const rest = <T>(list: readonly T[]): T[] => list.filter((_, axis) => !repeated.includes(axis));
    return viewGradient(
      make.reduceAxes("sum", dy, repeated),
      { offset: window.offset, shape: rest(window.shape), strides: rest(window.strides) },
      x,
    );
  }
  if (isInjective(window) || sizeOf(window.shape) === 0) return [make.place([{ x: dy, window }], x.shape, x.dtype)];
  const { axis, size } = tapsOf(window);
  return Array.from({ length: window.shape[axis]! / size }, (_, tap) => {
    const part = partOf(dy, axis, tap * size, (tap + 1) * size);
    const offset = window.offset + tap * size * window.strides[axis]!;
    return viewGradient(part, { offset, shape: part.shape, strides: window.strides }, x);
  }).flat();
}

/**
 * The axis along which a window is taken apart, and how many of its elements stay together: as many as lie before the next row, where taps have
 * become one axis with what is in them. Of the axes that overlap it is the one of the fewest parts.
 */
function tapsOf({ shape, strides }: Window): { readonly axis: number; readonly size: number } {
  const axes = shape.flatMap((n, axis) => (n > 1 ? [{ axis, n, stride: Math.abs(strides[axis]!), size: 1 }] : []));
  const overlapping = axes.flatMap((inner) => {
    const outer = axes.filter((a) => a !== inner && a.stride >= inner.stride && a.stride <= (inner.n - 1) * inner.stride);
    const sizes = outer.map((a) => (a.stride % inner.stride === 0 ? gcd(inner.n, a.stride / inner.stride) : 1));
    return outer.length === 0 ? [] : [{ ...inner, size: Math.min(...sizes.map((size) => (size === inner.n ? 1 : size))) }, ...outer];
  });
  const all = overlapping.length > 0 ? overlapping : axes;
  return all.reduce((best, next) => (next.n / next.size < best.n / best.size ? next : best));
}

/**
 * Elements `start … end` of an axis, so that each part goes where it belongs as it is computed: columns of a product are a product of columns,
 * and of what is pointwise the operation comes after the slice.
 */
function partOf(dy: Node, axis: number, start: number, end: number): Node {
  const known = new Map<Node, Node>();
  const part = (node: Node): Node => {
    const made = known.get(node) ?? columnsOf(node, axis, start, end) ?? pointwiseOf(node, part) ?? make.slice(node, axis, start, end);
    known.set(node, made);
    return made;
  };
  return part(dy);
}

function pointwiseOf(node: Node, part: (node: Node) => Node): Node | undefined {
  if (node.kind !== "pointwise" || node.op === "copy" || node.op === "stop") return undefined;
  return make.pointwise(node.op, node.args.map(part), node.label);
}

function columnsOf(node: Node, axis: number, start: number, end: number): Node | undefined {
  const product = make.withoutReshape(node),
    last = product.shape.length - 1;
  if (product.kind !== "matmul" || product.plus !== undefined || axis !== last) return undefined;
  if (!sameShape(node.shape.slice(0, last), product.shape.slice(0, last))) return undefined;
  const width = product.shape[last]! / node.shape[axis]!,
    columns = make.slice(product.b, last, start * width, end * width);
  return make.reshape(make.matmul(product.a, columns, undefined, product.label), node.shape.with(axis, end - start));
}
