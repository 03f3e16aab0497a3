// What users trace with: a value of known shape and dtype whose numbers come later. Methods are the functions beside it, for chaining.
import type { DType, Shape } from "../backend.ts";
import type { Node } from "../graph/node.ts";
import { sizeOf } from "../shape.ts";
import { add, div, equal, greater, less, mul, neg, sub } from "./arithmetic.ts";
import { at, broadcastTo, expand, flip, named, reshape, slice, squeeze, transpose } from "./movement.ts";
import { dot, matmul } from "./products.ts";
import { max, mean, sum, type FoldOptions } from "./reductions.ts";

/** What arithmetic takes beside a tensor: a number counts as a scalar of the other operand's dtype. */
export type Operand = Tensor | number;

/**
 * A traced tensor. It has a shape, a dtype and, for messages, a name and axis names; its numbers exist only when the compiled function runs.
 * Binary operations broadcast as numpy does. All checks happen while tracing: SHAPE_MISMATCH, DTYPE_MISMATCH and INVALID_ARGUMENT name the axes.
 */
export class Tensor {
  readonly node: Node;
  readonly axes: readonly (string | undefined)[];
  readonly name: string | undefined;

  constructor(node: Node, axes: readonly (string | undefined)[] = [], name?: string) {
    this.node = node;
    this.axes = axes;
    this.name = name;
  }

  get shape(): Shape {
    return this.node.shape;
  }
  get dtype(): DType {
    return this.node.dtype;
  }
  get rank(): number {
    return this.node.shape.length;
  }
  /** The number of elements. */
  get size(): number {
    return sizeOf(this.node.shape);
  }

  add(o: Operand): Tensor {
    return add(this, o);
  }
  sub(o: Operand): Tensor {
    return sub(this, o);
  }
  mul(o: Operand): Tensor {
    return mul(this, o);
  }
  div(o: Operand): Tensor {
    return div(this, o);
  }
  neg(): Tensor {
    return neg(this);
  }
  less(o: Operand): Tensor {
    return less(this, o);
  }
  greater(o: Operand): Tensor {
    return greater(this, o);
  }
  equal(o: Operand): Tensor {
    return equal(this, o);
  }
  dot(o: Tensor): Tensor {
    return dot(this, o);
  }
  matmul(o: Tensor): Tensor {
    return matmul(this, o);
  }
  sum(axis?: number | readonly number[], options?: FoldOptions): Tensor {
    return sum(this, axis, options);
  }
  mean(axis?: number | readonly number[], options?: FoldOptions): Tensor {
    return mean(this, axis, options);
  }
  max(axis?: number | readonly number[], options?: FoldOptions): Tensor {
    return max(this, axis, options);
  }
  reshape(shape: Shape): Tensor {
    return reshape(this, shape);
  }
  transpose(order?: readonly number[]): Tensor {
    return transpose(this, order);
  }
  slice(axis: number, start: number, end?: number): Tensor {
    return slice(this, axis, start, end);
  }
  at(axis: number, index: number): Tensor {
    return at(this, axis, index);
  }
  flip(axis: number): Tensor {
    return flip(this, axis);
  }
  expand(axis: number): Tensor {
    return expand(this, axis);
  }
  squeeze(axis: number): Tensor {
    return squeeze(this, axis);
  }
  broadcastTo(shape: Shape): Tensor {
    return broadcastTo(this, shape);
  }
  named(...axes: readonly (string | undefined)[]): Tensor {
    return named(this, axes);
  }
}
