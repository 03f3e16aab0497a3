// The tensors that there are: the operations beside this file as methods, for chaining.
import type { Shape } from "../backend.ts";
import type { Node } from "../graph/node.ts";
import { add, div, equal, greater, less, mul, neg, sub } from "./arithmetic.ts";
import { at, broadcastTo, expand, flip, named, reshape, slice, squeeze, transpose } from "./movement.ts";
import { dot, matmul } from "./products.ts";
import { max, mean, min, sum } from "./reductions.ts";
import { type FoldOptions, type Operand, Tensor } from "./tensor.ts";

export class TracedTensor extends Tensor {
  derive(node: Node, axes?: readonly (string | undefined)[], name?: string): Tensor {
    return new TracedTensor(node, axes, name);
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
  min(axis?: number | readonly number[], options?: FoldOptions): Tensor {
    return min(this, axis, options);
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
