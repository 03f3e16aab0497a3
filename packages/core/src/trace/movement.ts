// Moving elements without touching them: every function here is a view, or pieces laid side by side.
import { checkNumber, checkShape } from "../arguments/checks.ts";
import { show } from "../arguments/show.ts";
import type { Shape } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import * as make from "../graph/make.ts";
import { denseStrides, sameShape, sizeOf } from "../shape.ts";
import { broadcastShape, where } from "./arithmetic.ts";
import { checkAxis } from "./axis.ts";
import { checkList, checkTensor } from "./checkTensor.ts";
import { describe, describeShape } from "./describe.ts";
import { who } from "./scope.ts";
import type { Tensor } from "./tensor.ts";

/** The same elements in row-major order under another shape; one size may be −1, to be worked out. Throws SHAPE_MISMATCH. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor("reshape", x);
  checkShape(who("reshape"), "shape", Array.isArray(shape) ? shape.map((n: number) => (n === -1 ? 1 : n)) : shape);
  const known = sizeOf(shape.filter((n) => n !== -1)),
    sized = shape.map((n) => (n === -1 ? x.size / known : n));
  if (sizeOf(sized) !== x.size || !sized.every((n) => Number.isInteger(n) && n >= 0) || shape.filter((n) => n === -1).length > 1) {
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: who("reshape"),
      what: `reshape keeps the number of elements: ${describe(x)} has ${x.size}, ${describeShape(shape)} does not`,
      facts: { from: x.shape, to: shape },
    });
  }
  return x.derive(make.reshape(x.node, sized), sameShape(sized, x.shape) ? x.axes : [], x.name);
}

/** Axis k of the result is axis `order[k]` of x; reversed where no order is given. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  checkTensor("transpose", x);
  const given: unknown = order === undefined ? x.shape.map((_, axis) => x.rank - 1 - axis) : order,
    axes = Array.isArray(given) && given.length === x.rank ? Array.from(given as number[], (a) => checkAxis("transpose", x, a)) : [];
  if (!Array.isArray(given) || given.length !== x.rank || new Set(axes).size !== x.rank)
    throw bad("transpose", `transpose needs each axis of ${describe(x)} once, got ${show(given)}`);
  return x.derive(
    make.transpose(x.node, axes),
    axes.map((a) => x.axes[a]),
    x.name,
  );
}

/** Elements `start … end − 1` of one axis; negative positions count from the end. */
export function slice(x: Tensor, axis: number, start: number, end?: number): Tensor {
  const along = checkAxis("slice", x, axis),
    n = x.shape[along]!;
  if (!Number.isInteger(start) || (end !== undefined && !Number.isInteger(end)))
    throw bad("slice", `slice goes from and to whole numbers, got ${show(start)} … ${show(end)} for ${describe(x)}`);
  const from = start < 0 ? start + n : start,
    to = end === undefined ? n : end < 0 ? end + n : end;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > n || from > to)
    throw bad("slice", `slice ${show(start)} … ${show(end ?? n)} is outside axis ${axis} of ${describe(x)}`);
  return x.derive(make.slice(x.node, along, from, to), x.axes, x.name);
}

/** One element of an axis, without the axis. */
export function at(x: Tensor, axis: number, index: number): Tensor {
  const along = checkAxis("at", x, axis);
  if (!Number.isInteger(index)) throw bad("at", `at got index ${show(index)} for ${describe(x)}`);
  const i = index < 0 ? index + x.shape[along]! : index;
  return squeeze(slice(x, along, i, i + 1), along);
}

/** Parts of an axis: `parts` equal ones, or of the sizes given; of an empty axis up to 65,536. Throws SHAPE_MISMATCH where they do not add up. */
export function split(x: Tensor, parts: number | readonly number[], axis = -1): Tensor[] {
  const along = checkAxis("split", x, axis),
    n = x.shape[along]!;
  const sizes = typeof parts === "number" ? equalParts(n, parts) : parts;
  if (!Array.isArray(sizes) || !everySize(sizes) || sizes.reduce((a, b) => a + b, 0) !== n) {
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: who("split"),
      what: `split needs sizes that add up to axis ${axis} of ${describe(x)}: got ${typeof parts === "number" ? `${show(parts)} equal parts` : show(parts)}`,
      facts: { shape: x.shape, parts },
    });
  }
  let start = 0;
  return sizes.map((s) => slice(x, along, start, (start += s)));
}

/** None where there is no such number of parts. As in numpy, an axis of no elements has any number of them: here up to `mostOfNothing`. */
function equalParts(n: number, parts: number): readonly number[] | undefined {
  if (!Number.isInteger(parts) || parts < 1 || parts > (n === 0 ? mostOfNothing : n) || n % parts !== 0) return undefined;
  return Array.from({ length: parts }, () => n / parts);
}

/** Each part is a tensor to be made, and here no size of x bounds them. */
const mostOfNothing = 2 ** 16;

function everySize(sizes: readonly unknown[]): boolean {
  return Array.from(sizes).every((s) => Number.isInteger(s) && (s as number) >= 0);
}

/** The tensors one after another along an axis; all other sizes are equal. Throws SHAPE_MISMATCH. */
export function concat(tensors: readonly Tensor[], axis = -1): Tensor {
  checkList("concat", tensors);
  const first = tensors[0];
  if (first === undefined) throw bad("concat", "concat needs at least one tensor");
  const along = checkAxis("concat", first, axis);
  for (const t of tensors)
    if (t.rank !== first.rank || t.dtype !== first.dtype || !t.shape.every((n, a) => a === along || n === first.shape[a]))
      throw unlike("concat", first, t);
  const shape = first.shape.with(
      along,
      tensors.reduce((n, t) => n + t.shape[along]!, 0),
    ),
    strides = denseStrides(shape);
  let start = 0;
  const pieces = tensors.map(({ node }) => {
    const window = { offset: start * strides[along]!, shape: node.shape, strides };
    start += node.shape[along]!;
    return { x: node, window };
  });
  return first.derive(make.place(pieces, shape, first.dtype), first.axes);
}

/** The tensors as rows of a new axis. Throws SHAPE_MISMATCH. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  checkList("stack", tensors);
  const first = tensors[0];
  if (first === undefined) throw bad("stack", "stack needs at least one tensor");
  const along = checkAxis("stack", first, axis, 1);
  return concat(
    tensors.map((t) => expand(t, along)),
    along,
  );
}

/** `value` around x: `[before, after]` for each axis. */
export function pad(x: Tensor, widths: readonly (readonly [before: number, after: number])[], value = 0): Tensor {
  checkTensor("pad", x);
  checkNumber(who("pad"), "value", value);
  const isPair = (pair: unknown): boolean => Array.isArray(pair) && pair.length === 2 && everySize(pair);
  if (!Array.isArray(widths) || widths.length !== x.rank || !Array.from(widths as readonly unknown[]).every(isPair))
    throw bad("pad", `pad needs [before, after] for each axis of ${describe(x)}, got ${show(widths)}`);
  checkShape(
    who("pad"),
    "the padded shape",
    x.shape.map((n, axis) => widths[axis]![0] + n + widths[axis]![1]),
  );
  const shape = x.shape.map((n, axis) => widths[axis]![0] + n + widths[axis]![1]),
    strides = denseStrides(shape);
  const offset = widths.reduce((sum, [before], axis) => sum + before * strides[axis]!, 0);
  const window = { offset, shape: x.shape, strides };
  const laid = (piece: Tensor["node"]): Tensor => x.derive(make.place([{ x: piece, window }], shape, x.dtype), x.axes);
  return value === 0 ? laid(x.node) : where(laid(make.constant(1, x.shape, x.dtype)), laid(x.node), value);
}

/** The elements of one axis in reverse order. */
export function flip(x: Tensor, axis: number): Tensor {
  const along = checkAxis("flip", x, axis),
    strides = denseStrides(x.shape);
  const offset = Math.max(0, x.shape[along]! - 1) * strides[along]!;
  return x.derive(make.view(x.node, { offset, shape: x.shape, strides: strides.with(along, -strides[along]!) }), x.axes, x.name);
}

/** A new axis of size 1 at position `axis`. */
export function expand(x: Tensor, axis: number): Tensor {
  const along = checkAxis("expand", x, axis, 1);
  return x.derive(make.reshape(x.node, x.shape.toSpliced(along, 0, 1)), allAxes(x).toSpliced(along, 0, undefined), x.name);
}

/** x without an axis of size 1. Throws SHAPE_MISMATCH for another size. */
export function squeeze(x: Tensor, axis: number): Tensor {
  const along = checkAxis("squeeze", x, axis);
  if (x.shape[along] !== 1)
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: who("squeeze"),
      what: `squeeze needs size 1 on axis ${axis} of ${describe(x)}`,
      facts: { shape: x.shape, axis },
    });
  return x.derive(make.reshape(x.node, x.shape.toSpliced(along, 1)), allAxes(x).toSpliced(along, 1), x.name);
}

/** x repeated to `shape`, as numpy does. Throws SHAPE_MISMATCH. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensor("broadcastTo", x);
  checkShape(who("broadcastTo"), "shape", shape);
  const together = broadcastShape(x.shape, shape);
  if (together === undefined || !sameShape(together, shape))
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: who("broadcastTo"),
      what: `${describe(x)} does not broadcast to ${describeShape(shape)}`,
      facts: { from: x.shape, to: shape },
    });
  return x.derive(
    make.broadcast(x.node, shape),
    shape.map((_, axis) => x.axes[axis - shape.length + x.rank]),
    x.name,
  );
}

/** x with names for its axes, which errors then use. */
export function named(x: Tensor, axes: readonly (string | undefined)[]): Tensor {
  checkTensor("named", x);
  if (
    !Array.isArray(axes) ||
    axes.length > x.rank ||
    !Array.from(axes as readonly unknown[]).every((name) => name === undefined || typeof name === "string")
  )
    throw bad("named", `named takes at most a name for each axis of ${describe(x)}, got ${show(axes)}`);
  return x.derive(x.node, axes, x.name);
}

function allAxes(x: Tensor): (string | undefined)[] {
  return x.shape.map((_, axis) => x.axes[axis]);
}

function bad(operation: string, what: string): SluiceError {
  return new SluiceError({ code: "INVALID_ARGUMENT", who: who(operation), what });
}

function unlike(operation: string, x: Tensor, y: Tensor): SluiceError {
  const what = `${operation} needs tensors alike on all other axes and in dtype: ${describe(x)} ${x.dtype} and ${describe(y)} ${y.dtype}`;
  return new SluiceError({
    code: x.dtype === y.dtype ? "SHAPE_MISMATCH" : "DTYPE_MISMATCH",
    who: who(operation),
    what,
    facts: { shapes: [x.shape, y.shape] },
  });
}
