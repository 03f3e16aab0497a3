// The Graph: immutable values, before any memory exists. A node's children are the nodes it is computed from; there are no names and no order.
// Loops are closed over by reference: a body node simply depends on the loop's params, so what does not is invariant by construction.
import type { DType, ScalarOp, Shape, TypedArray } from "../backend.ts";

/** A strided window on the row-major elements of some shape. Stride 0 broadcasts, negative strides flip. */
export interface Window {
  readonly offset: number;
  readonly shape: Shape;
  readonly strides: readonly number[];
}

interface Value {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Where it was traced ("lstm.dot"), for slot names and errors. */
  readonly label?: string | undefined;
}

/** An argument of the traced function. */
export interface Input extends Value {
  readonly kind: "input";
}
/** The same number everywhere. */
export interface Const extends Value {
  readonly kind: "const";
  readonly value: number;
}
/** Numbers known while tracing (index ranges, encodings). */
export interface Data extends Value {
  readonly kind: "data";
  readonly data: TypedArray;
}
/** What a loop's body sees of a state or of a slice; it belongs to exactly one loop. */
export interface Param extends Value {
  readonly kind: "param";
}
/**
 * One scalar operation on values of equal shape. `copy` makes a dense value of its own, converting dtype where they differ;
 * `stop` is its argument, but passes no gradient on.
 */
export interface Pointwise extends Value {
  readonly kind: "pointwise";
  readonly op: ScalarOp | "copy" | "stop";
  readonly args: readonly Node[];
}
/** A window on `x`, which is never itself a view. */
export interface ViewOf extends Value {
  readonly kind: "view";
  readonly x: Node;
  readonly window: Window;
}
/** Zeros, with each piece laid through its window. Windows are injective and pairwise disjoint. */
export interface Place extends Value {
  readonly kind: "place";
  readonly pieces: readonly Piece[];
}
export interface Piece {
  readonly x: Node;
  /** Of `x`'s shape, on the place's elements. */
  readonly window: Window;
}
/** Folds the last `folded` axes of `x`. */
export interface Reduce extends Value {
  readonly kind: "reduce";
  readonly combine: "sum" | "max";
  readonly x: Node;
  readonly folded: number;
}
/** a [batch…, m, k] · b [batch…, k, n] + plus [batch…, m, n]. */
export interface Matmul extends Value {
  readonly kind: "matmul";
  readonly a: Node;
  readonly b: Node;
  readonly plus: Node | undefined;
}
/** table [rows, width] at index [n] → [n, width]; NaN outside. */
export interface Gather extends Value {
  readonly kind: "gather";
  readonly table: Node;
  readonly index: Node;
}
/** source [n, width] added at index [n] onto zeros [rows, width]; dropped outside. */
export interface Scatter extends Value {
  readonly kind: "scatter";
  readonly source: Node;
  readonly index: Node;
}
/** A body value of every iteration: [steps, …]. */
export interface Stack extends Value {
  readonly kind: "stack";
  readonly loop: Loop;
  readonly of: Node;
}
/** A state before, between and after the iterations: [steps + 1, …]; its start is at row 0, of a reverse loop at row `steps`. */
export interface States extends Value {
  readonly kind: "states";
  readonly loop: Loop;
  readonly state: number;
}

export type Node = Input | Const | Data | Param | Pointwise | ViewOf | Place | Reduce | Matmul | Gather | Scatter | Stack | States;

export interface State {
  readonly param: Param;
  readonly init: Node;
  readonly next: Node;
}
export interface Slice {
  readonly param: Param;
  /** [steps, …param.shape]; iteration t sees row t. */
  readonly of: Node;
}
/** A scan. A reverse loop runs from the last row to the first; rows keep their places. */
export interface Loop {
  readonly name: string;
  readonly steps: number;
  readonly reverse: boolean;
  readonly states: readonly State[];
  readonly slices: readonly Slice[];
}

/** A traced function. */
export interface Graph {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly outputs: readonly { readonly path: string; readonly node: Node }[];
  /** Inputs that hold `node` after the run. */
  readonly updates: readonly { readonly input: Input; readonly node: Node }[];
}

/** What a node is computed from; of a loop's results, everything the loop needs. */
export function children(node: Node): readonly Node[] {
  switch (node.kind) {
    case "input":
    case "const":
    case "data":
    case "param":
      return [];
    case "pointwise":
      return node.args;
    case "view":
    case "reduce":
      return [node.x];
    case "place":
      return node.pieces.map((piece) => piece.x);
    case "matmul":
      return node.plus === undefined ? [node.a, node.b] : [node.a, node.b, node.plus];
    case "gather":
      return [node.table, node.index];
    case "scatter":
      return [node.source, node.index];
    case "stack":
      return [...loopChildren(node.loop), node.of];
    case "states":
      return loopChildren(node.loop);
  }
}

export function loopChildren(loop: Loop): readonly Node[] {
  return [...loop.slices.map((s) => s.of), ...loop.states.map((s) => s.init), ...loop.states.map((s) => s.next)];
}

export function loopParams(loop: Loop): readonly Param[] {
  return [...loop.states.map((s) => s.param), ...loop.slices.map((s) => s.param)];
}
