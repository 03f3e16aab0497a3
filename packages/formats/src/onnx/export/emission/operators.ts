// Operators of ONNX, each with the shape that it gives: what every rule is written with. An operator that would change nothing is left out.
import type { Shape } from "@sluice/core";
import { denseStrides, sameShape, sizeOf } from "@sluice/core/kit";
import type { Emitter } from "./emitter.ts";
import { absent, type Elem, int, ints, type Numbers, scalar, type Value } from "./values.ts";
import { nth } from "../../read/there.ts";

/** An end that is as far as there is anything. */
export const toEnd = Number.MAX_SAFE_INTEGER;
/** The same for a walk backwards. */
export const toStart = Number.MIN_SAFE_INTEGER;

export function reshape(e: Emitter, x: Numbers, shape: Shape): Numbers {
  return sameShape(x.shape, shape) ? x : e.add("Reshape", [x, ints(...shape)], { shape, elem: x.elem });
}

export function transpose(e: Emitter, x: Numbers, order: readonly number[]): Numbers {
  if (order.every((axis, k) => axis === k)) return x;
  const shape = order.map((axis) => x.shape[axis] ?? 1);
  return e.add("Transpose", [x], { shape, elem: x.elem }, { perm: { kind: "ints", value: order } });
}

export function expand(e: Emitter, x: Numbers, shape: Shape): Numbers {
  return sameShape(x.shape, shape) ? x : e.add("Expand", [x, ints(...shape)], { shape, elem: x.elem });
}

/** Part of an axis: `n` elements from `start`, `step` apart; backwards where that is below 0. */
export interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly n: number;
  readonly step: number;
}

export function slice(e: Emitter, x: Numbers, cuts: readonly Cut[]): Numbers {
  const real = cuts.filter(({ axis, start, n, step }) => !(start === 0 && step === 1 && n === x.shape[axis]));
  if (real.length === 0) return x;
  const shape = real.reduce<Shape>((sizes, { axis, n }) => sizes.with(axis, n), x.shape);
  const ends = real.map(({ axis, start, n, step }) => {
    const end = start + n * step;
    if (step < 0) return end < 0 ? toStart : end;
    return end >= nth(x.shape, axis) ? toEnd : end;
  });
  const steps = real.map(({ step }) => step);
  const inputs = [x, ints(...real.map(({ start }) => start)), ints(...ends), ints(...real.map(({ axis }) => axis))];
  return e.add("Slice", steps.every((s) => s === 1) ? inputs : [...inputs, ints(...steps)], { shape, elem: x.elem });
}

export function concat(e: Emitter, parts: readonly Numbers[], axis: number, name?: string): Numbers {
  const first = nth(parts, 0);
  if (parts.length === 1) return first;
  const sizes = parts.map((part) => nth(part.shape, axis)),
    shape = first.shape.with(
      axis,
      sizes.reduce((a, b) => a + b, 0),
    );
  return e.add("Concat", parts, { shape, elem: first.elem, name }, { axis: int(axis) });
}

export function cast(e: Emitter, x: Numbers, elem: Elem): Numbers {
  if (x.elem === elem) return x;
  if (x.kind === "scalar") return scalar(x.value, elem);
  return e.add("Cast", [x], { shape: x.shape, elem }, { to: int(elementTypes[elem]) });
}

/** Numbers of the specification's `TensorProto.DataType`. */
export const elementTypes = { f32: 1, f64: 11, i32: 6, i64: 7, bool: 9 } as const satisfies Record<Elem, number>;

/** An operator on elements; operands broadcast. */
export function elementwise(
  e: Emitter,
  op: string,
  operands: readonly Numbers[],
  elem: Elem = nth(operands, 0).elem,
  name?: string,
): Value {
  return e.add(op, operands, { shape: broadcast(operands.map(({ shape }) => shape)), elem, name });
}

/** a […, m, k] · b […, k, n], leading axes broadcast. */
export function matmul(e: Emitter, a: Numbers, b: Numbers, name?: string): Value {
  const lead = broadcast([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
  return e.add("MatMul", [a, b], { shape: [...lead, a.shape.at(-2) ?? 1, b.shape.at(-1) ?? 1], elem: a.elem, name });
}

/** Folds axes, which are counted from the front. */
export function reduce(
  e: Emitter,
  op: "ReduceSum" | "ReduceMax" | "ReduceMin" | "ReduceMean",
  x: Numbers,
  axes: readonly number[],
  keep = false,
): Value {
  const shape = keep ? x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n)) : x.shape.filter((_, axis) => !axes.includes(axis));
  return e.add(op, [x, ints(...axes)], { shape, elem: x.elem }, { keepdims: int(keep ? 1 : 0) });
}

/** Zeros, or another number, before and after each axis. */
export function pad(e: Emitter, x: Numbers, around: readonly (readonly [number, number])[], value = 0): Numbers {
  if (around.every(([before, after]) => before === 0 && after === 0)) return x;
  const shape = x.shape.map((n, axis) => n + nth(around, axis)[0] + nth(around, axis)[1]);
  const pads = ints(...around.map(([before]) => before), ...around.map(([, after]) => after));
  return e.add("Pad", value === 0 ? [x, pads] : [x, pads, scalar(value, x.elem)], { shape, elem: x.elem });
}

/** `value` at every index. */
export function filled(e: Emitter, value: number, shape: Shape, elem: Elem): Numbers {
  return expand(e, scalar(value, elem), shape);
}

export function gather(e: Emitter, x: Numbers, index: Numbers, axis: number, name?: string): Value {
  const shape = [...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)];
  return e.add("Gather", [x, index], { shape, elem: x.elem, name }, { axis: int(axis) });
}

/** The shape that shapes broadcast to, as numpy does. They are known to fit. */
export function broadcast(shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, k) =>
    shapes.reduce((n, shape) => {
      const own = shape[k - rank + shape.length] ?? 1;
      return own === 1 ? n : own;
    }, 1),
  );
}

export { absent, denseStrides, sameShape, sizeOf };
