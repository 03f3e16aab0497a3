// The constructors of nodes. Each returns the simplest node that means the same; none looks at who else uses its arguments.
// Shapes are taken as checked: what users may get wrong is checked where they say it (trace/).
import type { BinaryOp, DType, ScalarOp, Shape, TypedArray, UnaryOp } from "../backend.ts";
import { internal } from "../errors.ts";
import { allocate } from "../dtypes/arrays.ts";
import { binary, unary } from "../program/running/scalar.ts";
import { toWhole } from "../dtypes/whole.ts";
import type { Const, Input, Loop, Node, Param, Piece, Window } from "./node.ts";
import { areDisjoint, compose, dense, isReshape, isWhole, relativeTo, sameWindow } from "./window.ts";
import { denseStrides, sameShape, sizeOf } from "../shape.ts";

export function input(shape: Shape, dtype: DType, label?: string): Input {
  return { kind: "input", shape, dtype, label };
}

export function param(shape: Shape, dtype: DType, label?: string): Param {
  return { kind: "param", shape, dtype, label };
}

export function constant(value: number, shape: Shape, dtype: DType): Const {
  return { kind: "const", value, shape, dtype };
}

export function data(values: TypedArray, shape: Shape, dtype: DType): Node {
  return { kind: "data", data: values, shape, dtype };
}

/** 0, 1, … n − 1. */
export function iota(n: number, dtype: DType): Node {
  const values = allocate(dtype, n, "iota");
  for (let i = 0; i < n; i++) values[i] = i;
  return data(values, [n], dtype);
}

export function pointwise(op: ScalarOp, args: readonly Node[], label?: string): Node {
  const { shape, dtype } = args[0]!;
  if (!args.every((a) => sameShape(a.shape, shape) && a.dtype === dtype))
    throw internal("graph", `${op} of unequal shapes or dtypes`, { args });
  if (args.every((a) => a.kind === "const"))
    return constant(
      stored(
        evaluate(
          op,
          args.map((a) => a.value),
        ),
        dtype,
      ),
      shape,
      dtype,
    );
  return neutral(op, args) ?? { kind: "pointwise", op, args, shape, dtype, label };
}

/** A result that is known, as far as i32 has it; numbers beside tensors may be anything. */
function stored(value: number, dtype: DType): number {
  return dtype === "i32" ? toWhole(value) : value;
}

function evaluate(op: ScalarOp, [x, y, z]: readonly number[]): number {
  if (op === "select") return x !== 0 ? y! : z!;
  return op in unary ? unary[op as UnaryOp](x!) : binary[op as BinaryOp](x!, y!);
}

function chosen(x: Node): Node {
  return x.kind === "const" ? { ...x, value: stored(x.value, x.dtype) } : x;
}

/** Passes no gradient on. */
export function stop(x: Node): Node {
  return x.kind === "const" ? x : { kind: "pointwise", op: "stop", args: [x], shape: x.shape, dtype: x.dtype, label: x.label };
}

/** A dense value of its own, in `dtype`. */
export function copy(x: Node, dtype: DType = x.dtype): Node {
  if (x.kind === "const") return { ...x, dtype, value: converted(x.value, dtype) };
  return { kind: "pointwise", op: "copy", args: [x], shape: x.shape, dtype, label: x.label };
}

function converted(value: number, dtype: DType): number {
  return dtype === "i32" ? toWhole(value) : dtype === "f32" ? Math.fround(value) : value;
}

function neutral(op: ScalarOp, args: readonly Node[]): Node | undefined {
  const [x, y] = args as [Node, Node];
  const is = (node: Node | undefined, value: number): boolean => node?.kind === "const" && Object.is(node.value, value);
  if (op === "add") return is(x, 0) ? y : is(y, 0) ? x : undefined;
  if (op === "sub") return is(y, 0) ? x : undefined;
  if (op === "mul") return is(x, 1) ? y : is(y, 1) ? x : undefined;
  if (op === "div") return is(y, 1) ? x : undefined;
  if (op === "neg" && x.kind === "pointwise" && x.op === "neg" && x.dtype !== "i32") return x.args[0]; // −(−2³¹) saturates
  if (op === "select" && x.kind === "const") return chosen(args[x.value !== 0 ? 1 : 2]!);
  return undefined;
}

export function view(x: Node, window: Window): Node {
  if (isWhole(window, x.shape)) return x;
  if (sizeOf(window.shape) === 0) return constant(0, window.shape, x.dtype);
  if (x.kind === "const") return constant(x.value, window.shape, x.dtype);
  if (x.kind === "view") {
    const whole = compose(window, x.window);
    return whole === undefined ? view(copy(x), window) : view(x.x, whole);
  }
  if (x.kind === "place") {
    const piece = x.pieces.find((p) => sameWindow(p.window, window));
    if (piece !== undefined) return piece.x;
    for (const p of x.pieces) {
      const inside = relativeTo(window, p.window, x.shape);
      if (inside !== undefined) return view(p.x, inside);
    }
    if (x.pieces.every((p) => areDisjoint(p.window, window, x.shape))) return constant(0, window.shape, x.dtype);
  }
  return { kind: "view", x, window, shape: window.shape, dtype: x.dtype, label: x.label };
}

/** What x shows under another shape, element by element; x itself where it is no such view. */
export function withoutReshape(x: Node): Node {
  return x.kind === "view" && isReshape(x.window, x.x.shape) ? x.x : x;
}

export function reshape(x: Node, shape: Shape): Node {
  return view(x, dense(shape));
}

/** Axis k of the result is axis `order[k]` of x. */
export function transpose(x: Node, order: readonly number[]): Node {
  const strides = denseStrides(x.shape);
  return view(x, { offset: 0, shape: order.map((axis) => x.shape[axis]!), strides: order.map((axis) => strides[axis]!) });
}

/** The last two axes exchanged. */
export function swap(x: Node): Node {
  const last = x.shape.length - 1;
  return transpose(x, [...x.shape.map((_, axis) => axis).slice(0, -2), last, last - 1]);
}

/** Rows `start … end` of one axis. */
export function slice(x: Node, axis: number, start: number, end: number): Node {
  const strides = denseStrides(x.shape);
  return view(x, { offset: start * strides[axis]!, shape: x.shape.with(axis, end - start), strides });
}

/** Row `i` of the first axis, without it. */
export function row(x: Node, i: number): Node {
  const shape = x.shape.slice(1);
  return view(x, { offset: i * sizeOf(shape), shape, strides: denseStrides(shape) });
}

/** Repeats x along new leading axes and along axes of size 1, as numpy does. */
export function broadcast(x: Node, shape: Shape): Node {
  if (sameShape(x.shape, shape)) return x;
  const strides = denseStrides(x.shape),
    lead = shape.length - x.shape.length;
  return view(x, {
    offset: 0,
    shape,
    strides: shape.map((_, axis) => (axis < lead || x.shape[axis - lead] === 1 ? 0 : strides[axis - lead]!)),
  });
}

/** Pieces that lie empty or hold zeros vanish; a place inside a place becomes pieces of it where windows compose; one piece in order is a view. */
export function place(pieces: readonly Piece[], shape: Shape, dtype: DType): Node {
  const filled = pieces.filter(({ x }) => sizeOf(x.shape) > 0 && !(x.kind === "const" && Object.is(x.value, 0))),
    [first, second] = filled;
  if (first === undefined) return constant(0, shape, dtype);
  if (second === undefined && isReshape(first.window, shape)) return reshape(first.x, shape);
  const kept = filled.flatMap(flatten);
  return { kind: "place", pieces: kept, shape, dtype, label: kept[0]!.x.label };
}

function flatten(piece: Piece): readonly Piece[] {
  if (piece.x.kind !== "place") return [piece];
  const inner = piece.x.pieces.map(({ x, window }) => ({ x, window: compose(window, piece.window) }));
  return inner.every((p): p is Piece => p.window !== undefined) ? inner : [piece];
}

/** The sum of several values of one shape; places become one where their pieces coincide or lie apart. */
export function sum(terms: readonly Node[]): Node {
  return terms.reduce((total, term) => {
    const [x, y] = [withoutReshape(total), withoutReshape(term)];
    if (x !== total && y !== term && sameShape(x.shape, y.shape)) return reshape(sum([x, y]), term.shape);
    const pieces = total.kind === "place" && term.kind === "place" ? term.pieces.reduce(join(total.shape), total.pieces) : undefined;
    return pieces === undefined ? pointwise("add", [total, term]) : place(pieces, total.shape, total.dtype);
  });
}

function join(shape: Shape): (pieces: readonly Piece[] | undefined, piece: Piece) => readonly Piece[] | undefined {
  return (pieces, piece) => {
    if (pieces === undefined || pieces.every((p) => areDisjoint(p.window, piece.window, shape))) return pieces && [...pieces, piece];
    const same = pieces.findIndex((p) => sameWindow(p.window, piece.window));
    return same < 0 ? undefined : pieces.with(same, { x: sum([pieces[same]!.x, piece.x]), window: piece.window });
  };
}

/** Folds the last `folded` axes. */
export function reduce(combine: "sum" | "max", x: Node, folded: number, label?: string): Node {
  const shape = x.shape.slice(0, x.shape.length - folded),
    count = sizeOf(x.shape.slice(shape.length));
  if (folded === 0) return x;
  if (count === 0) return constant(stored(combine === "sum" ? 0 : -Infinity, x.dtype), shape, x.dtype);
  if (count === 1) return reshape(x, shape);
  if (x.kind === "const") return constant(stored(combine === "sum" ? x.value * count : x.value, x.dtype), shape, x.dtype);
  return { kind: "reduce", combine, x, folded, shape, dtype: x.dtype, label };
}

/** Folds the axes named, wherever they stand. */
export function reduceAxes(combine: "sum" | "max", x: Node, axes: readonly number[], label?: string): Node {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  return reduce(combine, transpose(x, [...kept, ...axes]), axes.length, label);
}

export function matmul(a: Node, b: Node, plus?: Node, label?: string): Node {
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
  if (a.shape.at(-1) === 0) return plus ?? constant(0, shape, a.dtype);
  return { kind: "matmul", a, b, plus, shape, dtype: a.dtype, label };
}

export function gather(table: Node, index: Node, label?: string): Node {
  return { kind: "gather", table, index, shape: [index.shape[0]!, table.shape[1]!], dtype: table.dtype, label };
}

export function scatter(source: Node, index: Node, stateRows: number, label?: string): Node {
  return { kind: "scatter", source, index, shape: [stateRows, source.shape[1]!], dtype: source.dtype, label };
}

/** A body value over all iterations. States and slices have their rows already. */
export function stack(loop: Loop, of: Node): Node {
  const slice = loop.slices.find((s) => s.param === of);
  if (slice !== undefined) return slice.of;
  const before = loop.states.findIndex((s) => s.param === of);
  if (before >= 0) return rows(loop, before, "before");
  const after = loop.states.findIndex((s) => s.next === of);
  if (after >= 0) return rows(loop, after, "after");
  if (of.kind === "view" && isReshape(of.window, of.x.shape)) return reshape(stack(loop, of.x), [loop.steps, ...of.shape]);
  return { kind: "stack", loop, of, shape: [loop.steps, ...of.shape], dtype: of.dtype, label: of.label };
}

export function states(loop: Loop, state: number): Node {
  const { shape, dtype, label } = loop.states[state]!.param;
  return { kind: "states", loop, state, shape: [loop.steps + 1, ...shape], dtype, label };
}

/** A state as each iteration finds it, or leaves it: [steps, …]. */
export function rows(loop: Loop, state: number, when: "before" | "after"): Node {
  return stateRowsOf(loop, states(loop, state), when);
}

/** The rows of anything shaped like a state's `states` [steps + 1, …] that iterations find, or leave: [steps, …]. */
export function stateRowsOf(loop: Loop, x: Node, when: "before" | "after"): Node {
  const start = (when === "before") === loop.reverse ? 1 : 0;
  return slice(x, 0, start, start + loop.steps);
}

/** The row of `states` that holds the start, or the end. */
export function boundaryRow(loop: Loop, which: "start" | "end"): number {
  return (which === "start") === loop.reverse ? loop.steps : 0;
}
