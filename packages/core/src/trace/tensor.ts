// What users trace with: a value of known shape and dtype whose numbers come later. Operations know it by this; traced.ts, which knows the operations, makes it.
import type { DType, Shape } from "../backend.ts";
import type { Node } from "../graph/node.ts";
import { sizeOf } from "../shape.ts";

/** What arithmetic takes beside a tensor: a number counts as a scalar of the other operand's dtype. */
export type Operand = Tensor | number;

export interface FoldOptions {
  /** Keep the folded axes with size 1. Default false. */
  readonly keepDims?: boolean;
}

/**
 * A traced tensor. It has a shape, a dtype and, for messages, a name and axis names; its numbers exist only when the compiled function runs.
 * Binary operations broadcast as numpy does. All checks happen while tracing: SHAPE_MISMATCH, DTYPE_MISMATCH and INVALID_ARGUMENT name the axes.
 */
export abstract class Tensor {
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

  /** The tensor of another node: what operations return. */
  abstract derive(node: Node, axes?: readonly (string | undefined)[], name?: string): Tensor;

  abstract add(o: Operand): Tensor;
  abstract sub(o: Operand): Tensor;
  abstract mul(o: Operand): Tensor;
  abstract div(o: Operand): Tensor;
  abstract neg(): Tensor;
  abstract less(o: Operand): Tensor;
  abstract greater(o: Operand): Tensor;
  abstract equal(o: Operand): Tensor;
  abstract dot(o: Tensor): Tensor;
  abstract matmul(o: Tensor): Tensor;
  abstract sum(axis?: number | readonly number[], options?: FoldOptions): Tensor;
  abstract mean(axis?: number | readonly number[], options?: FoldOptions): Tensor;
  abstract max(axis?: number | readonly number[], options?: FoldOptions): Tensor;
  abstract min(axis?: number | readonly number[], options?: FoldOptions): Tensor;
  abstract reshape(shape: Shape): Tensor;
  abstract transpose(order?: readonly number[]): Tensor;
  abstract slice(axis: number, start: number, end?: number): Tensor;
  abstract at(axis: number, index: number): Tensor;
  abstract flip(axis: number): Tensor;
  abstract expand(axis: number): Tensor;
  abstract squeeze(axis: number): Tensor;
  abstract broadcastTo(shape: Shape): Tensor;
  abstract named(...axes: readonly (string | undefined)[]): Tensor;
}

export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
