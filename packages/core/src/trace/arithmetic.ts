// Arithmetic and comparisons on traced tensors, with numpy's broadcasting.
import type { BinaryOp, ScalarOp, Shape, UnaryOp } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import { addProductsFirst } from "../graph/products.ts";
import { show } from "../arguments/show.ts";
import { sameShape } from "../shape.ts";
import { checkTensor } from "./checkTensor.ts";
import { describe } from "./describe.ts";
import { label, who } from "./scope.ts";
import { isTensor, type Operand, type Tensor } from "./tensor.ts";

/** x + y, elementwise. */
export function add(x: Operand, y: Operand): Tensor {
  return binary("add", x, y);
}
/** x − y, elementwise. */
export function sub(x: Operand, y: Operand): Tensor {
  return binary("sub", x, y);
}
/** x · y, elementwise. */
export function mul(x: Operand, y: Operand): Tensor {
  return binary("mul", x, y);
}
/** x / y, elementwise, as IEEE 754 has it. */
export function div(x: Operand, y: Operand): Tensor {
  return binary("div", x, y);
}
/** The larger of x and y; NaN where one is. Where they are equal the gradient goes to y. */
export function maximum(x: Operand, y: Operand): Tensor {
  return binary("max", x, y);
}
/** The smaller of x and y; NaN where one is. Where they are equal the gradient goes to y. */
export function minimum(x: Operand, y: Operand): Tensor {
  return binary("min", x, y);
}
/** −x. */
export function neg(x: Tensor): Tensor {
  return unary("neg", x);
}

/** 1 where x < y, otherwise 0; 0 where one is NaN. Comparisons have no gradient. */
export function less(x: Operand, y: Operand): Tensor {
  return binary("less", x, y);
}
/** 1 where x > y, otherwise 0; 0 where one is NaN. */
export function greater(x: Operand, y: Operand): Tensor {
  return binary("less", y, x);
}
/** 1 where x ≤ y, otherwise 0; 0 where one is NaN. */
export function lessEqual(x: Operand, y: Operand): Tensor {
  return where(less(y, x), 0, isOrdered(x, y));
}
/** 1 where x ≥ y, otherwise 0; 0 where one is NaN. */
export function greaterEqual(x: Operand, y: Operand): Tensor {
  return lessEqual(y, x);
}
/** 1 where x = y, otherwise 0; 0 where one is NaN. */
export function equal(x: Operand, y: Operand): Tensor {
  return mul(lessEqual(x, y), lessEqual(y, x));
}
/** 1 where x ≠ y, otherwise 0; 1 where one is NaN. */
export function notEqual(x: Operand, y: Operand): Tensor {
  return sub(1, equal(x, y));
}

/** x where `test` is not 0, otherwise y. The gradient goes to the one that was taken. */
export function where(test: Tensor, x: Operand, y: Operand): Tensor {
  checkTensor("where", test, "test");
  return elementwise("select", [test, x, y]);
}

export function unary(op: UnaryOp, x: Tensor): Tensor {
  checkTensor(op, x);
  return x.derive(make.pointwise(op, [x.node], label(op)), x.axes);
}

function binary(op: BinaryOp, x: Operand, y: Operand): Tensor {
  return elementwise(op, [x, y]);
}

/** 1 where neither is NaN, otherwise 0. A number is below 1 or above 0; NaN is neither. */
export function isOrdered(x: Operand, y: Operand): Tensor {
  const isNumber = (v: Operand): Operand => (typeof v === "number" ? Number(!Number.isNaN(v)) : maximum(less(v, 1), less(0, v)));
  return mul(isNumber(x), isNumber(y));
}

function elementwise(op: ScalarOp, operands: readonly Operand[]): Tensor {
  const first = operands.find((o) => isTensor(o));
  if (first === undefined) throw notTensors(op);
  const tensors = operands.map((o) => (isTensor(o) ? o : first.derive(make.constant(checkNumber(op, o), [], first.dtype), [], `${o}`)));
  for (const t of tensors) if (t.dtype !== first.dtype) throw dtypes(op, first, t);
  const shape = tensors.map((t) => t.shape).reduce((a, b) => broadcastShape(a, b) ?? unequal(op, tensors));
  const nodes = tensors.map((t) => make.broadcast(t.node, shape));
  const value = op === "add" ? addProductsFirst(nodes[0]!, nodes[1]!, label(op)) : make.pointwise(op, nodes, label(op));
  return first.derive(value, mergeAxes(tensors, shape));
}

/** The shape both broadcast to, aligned at the last axis. */
export function broadcastShape(a: Shape, b: Shape): Shape | undefined {
  const rank = Math.max(a.length, b.length),
    shape: number[] = [];
  for (let back = rank; back > 0; back--) {
    const n = a[a.length - back] ?? 1,
      m = b[b.length - back] ?? 1;
    if (n !== m && n !== 1 && m !== 1) return undefined;
    shape.push(n === 1 ? m : n);
  }
  return shape;
}

/** Whether the other keeps its shape. */
export function broadcastsTo(shape: Shape, over: Shape): boolean {
  const together = broadcastShape(shape, over);
  return together !== undefined && sameShape(together, over);
}

/** The first name that any operand has for each axis. */
export function mergeAxes(tensors: readonly Tensor[], shape: Shape): (string | undefined)[] {
  return shape.map((_, axis) => tensors.map((t) => t.axes[axis - shape.length + t.rank]).find((name) => name !== undefined));
}

function checkNumber(op: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(op),
    what: `${op} takes tensors and numbers, got ${show(value)}`,
    fix: "Pass the array as an argument of the traced function, or make it a literal(…)",
  });
}

function notTensors(op: string): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who: who(op),
    what: `${op} needs at least one tensor`,
    fix: "Make one operand a constant(…)",
  });
}

function dtypes(op: ScalarOp, x: Tensor, y: Tensor): SluiceError {
  const name = op === "select" ? "where" : op,
    to = x.dtype === "i32" ? y.dtype : x.dtype; // floats do not fit into i32
  const what = `${name} needs equal dtypes: ${describe(x)} is ${x.dtype}, ${describe(y)} is ${y.dtype}`;
  return new SluiceError({
    code: "DTYPE_MISMATCH",
    who: who(name),
    what,
    fix: `Write cast(…, "${to}") around ${describe(x.dtype === to ? y : x)}`,
    facts: { dtypes: [x.dtype, y.dtype] },
  });
}

function unequal(op: string, tensors: readonly Tensor[]): never {
  const what = `${op} needs shapes that broadcast: ${tensors.map((t) => describe(t)).join(" and ")}`;
  throw new SluiceError({
    code: "SHAPE_MISMATCH",
    who: who(op),
    what,
    fix: "Sizes must be equal, or 1, from the last axis backwards",
    facts: { shapes: tensors.map((t) => t.shape) },
  });
}
