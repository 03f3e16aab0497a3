// What one node is, in numbers, where its children are: each value rounded to its dtype. As plain as the reference interpreter of Programs, for graphs.
import type { BinaryOp, UnaryOp, TypedArray } from "../backend.ts";
import { allocate } from "../dtypes/arrays.ts";
import { toWhole } from "../dtypes/whole.ts";
import { internal } from "../errors.ts";
import { binary, unary } from "../program/running/scalar.ts";
import { sizeOf } from "../shape.ts";
import type { Gather, Matmul, Node, Place, Pointwise, Reduce, Scatter, ViewOf, Window } from "./node.ts";

type Get = (node: Node) => TypedArray;

/** Row-major. Sums and products add up in float64 and are rounded once. */
export function compute(node: Node, get: Get): TypedArray {
  switch (node.kind) {
    case "const":
      return allocate(node.dtype, sizeOf(node.shape)).fill(node.value) as TypedArray; // of one kind
    case "data":
      return node.data;
    case "pointwise":
      return pointwise(node, get);
    case "view":
      return viewed(node, get);
    case "place":
      return placed(node, get);
    case "reduce":
      return reduced(node, get);
    case "matmul":
      return multiplied(node, get);
    case "gather":
      return gathered(node, get);
    case "scatter":
      return scattered(node, get);
    case "input":
    case "param":
    case "stack":
    case "states":
      throw internal("compute", `a ${node.kind} is no operation`);
  }
}

function pointwise(node: Pointwise, get: Get): TypedArray {
  const out = allocate(node.dtype, sizeOf(node.shape)),
    args = node.args.map(get);
  const [x = out, y = out, z = out] = args; // as many as the operation has
  const of = scalar(node.op);
  for (let i = 0; i < out.length; i++) store(out, i, of(x[i] ?? NaN, y[i] ?? NaN, z[i] ?? NaN));
  return out;
}

function scalar(op: Pointwise["op"]): (x: number, y: number, z: number) => number {
  if (op === "copy" || op === "stop") return (x) => x;
  if (op === "select") return (test, x, y) => (test !== 0 ? x : y);
  return op in unary ? unary[op as UnaryOp] : binary[op as BinaryOp]; // the rest of the operations
}

function viewed({ x, window, shape, dtype }: ViewOf, get: Get): TypedArray {
  const out = allocate(dtype, sizeOf(shape)),
    from = get(x);
  let i = 0;
  eachIn(window, (at) => store(out, i++, from[at] ?? NaN));
  return out;
}

function placed({ pieces, shape, dtype }: Place, get: Get): TypedArray {
  const out = allocate(dtype, sizeOf(shape));
  for (const { x, window } of pieces) {
    const from = get(x);
    let i = 0;
    eachIn(window, (at) => store(out, at, from[i++] ?? NaN));
  }
  return out;
}

/** The elements of a window, row by row. */
function eachIn({ offset, shape, strides }: Window, visit: (at: number) => void): void {
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) return visit(at);
    for (let i = 0, n = shape[axis] ?? 0, stride = strides[axis] ?? 0; i < n; i++) walk(axis + 1, at + i * stride);
  };
  walk(0, offset);
}

function reduced({ combine, x, shape, dtype }: Reduce, get: Get): TypedArray {
  const out = allocate(dtype, sizeOf(shape)),
    from = get(x),
    count = out.length === 0 ? 0 : from.length / out.length;
  for (let i = 0; i < out.length; i++) {
    let total = combine === "sum" ? 0 : -Infinity;
    for (let j = i * count; j < (i + 1) * count; j++)
      total = combine === "sum" ? total + (from[j] ?? NaN) : Math.max(total, from[j] ?? NaN);
    store(out, i, total);
  }
  return out;
}

function multiplied({ a, b, plus, shape, dtype }: Matmul, get: Get): TypedArray {
  const out = allocate(dtype, sizeOf(shape)),
    [left, right, added] = [get(a), get(b), plus && get(plus)];
  const [m = 0, k = 0, n = 0] = [a.shape.at(-2), a.shape.at(-1), b.shape.at(-1)];
  const row = new Float64Array(n);
  for (let i = 0, rows = m * n === 0 ? 0 : out.length / n; i < rows; i++) {
    const matrix = Math.floor(i / m) * k * n;
    row.fill(0);
    for (let c = 0; c < k; c++) {
      const factor = left[i * k + c] ?? NaN;
      for (let j = 0; j < n; j++) row[j] = (row[j] ?? NaN) + factor * (right[matrix + c * n + j] ?? NaN);
    }
    for (let j = 0; j < n; j++) store(out, i * n + j, (row[j] ?? NaN) + (added?.[i * n + j] ?? 0));
  }
  return out;
}

function gathered({ table, index, shape, dtype }: Gather, get: Get): TypedArray {
  const out = allocate(dtype, sizeOf(shape)).fill(NaN) as TypedArray, // of one kind
    [from, rows, width] = [get(table), get(index), shape[1] ?? 0];
  rows.forEach((row, i) => {
    if (row >= 0 && row < (table.shape[0] ?? 0)) out.set(from.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}

function scattered({ source, index, shape, dtype }: Scatter, get: Get): TypedArray {
  const out = allocate(dtype, sizeOf(shape)),
    [from, rows, width] = [get(source), get(index), shape[1] ?? 0];
  rows.forEach((row, i) => {
    if (row < 0 || row >= (shape[0] ?? 0)) return;
    for (let j = 0; j < width; j++) store(out, row * width + j, (out[row * width + j] ?? NaN) + (from[i * width + j] ?? NaN));
  });
  return out;
}

function store(to: TypedArray, at: number, value: number): void {
  to[at] = to instanceof Int32Array ? toWhole(value) : value;
}
