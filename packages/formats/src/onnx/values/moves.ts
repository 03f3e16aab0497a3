// Moving elements, of known numbers and of tensors alike: what all of a file's reshaping is made of.
import { broadcastTo, concat, flip, pad, reshape, slice, type Shape, SluiceError, transpose, type Tensor } from "@sluice/core";
import { corrupt } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { axisIn, dtypeOf, isEarly, type Known, room, shapeOf, sizeOf, tensorOf, traced, type Value } from "./value.ts";

/** Under another shape of as many elements. Throws SHAPE_MISMATCH for another number of them: a file may have been exported for other sizes. */
export function reshaped(x: Value, shape: Shape): Value {
  if (sizeOf(shape) !== sizeOf(shapeOf(x)) || !shape.every((n) => Number.isInteger(n) && n >= 0))
    throw new SluiceError({
      code: "SHAPE_MISMATCH",
      who: "onnx",
      what: `[${shapeOf(x).join(", ")}] does not reshape to [${shape.join(", ")}]`,
      fix: "Give the sizes that the file was exported for, or export it with dynamic axes",
      facts: { from: shapeOf(x), to: shape },
    });
  return x.kind === "known" ? { ...x, shape } : moved(x, (t) => reshape(t, shape));
}

export function transposed(x: Value, order: readonly number[]): Value {
  const shape = shapeOf(x);
  const axes = order.map((axis) => axisIn(axis, shape.length));
  if (new Set(axes).size !== shape.length || axes.length !== shape.length)
    throw corrupt(`[${order.join(", ")}] is no order of ${shape.length} axes`);
  if (x.kind === "traced") return moved(x, (t) => transpose(t, axes));
  const strides = stridesOf(shape);
  return viewed(
    x,
    axes.map((axis) => nth(shape, axis)),
    axes.map((axis) => nth(strides, axis)),
  );
}

/** Elements start … end − 1 of an axis, every `step`-th of them; backwards where step is below 0, and then end is the one before the last. */
export function sliced(x: Value, axis: number, start: number, end: number, step = 1): Value {
  const shape = shapeOf(x),
    count = Math.max(0, Math.ceil((end - start) / step));
  if (count === shape[axis] && step === 1) return x;
  if (x.kind === "traced") return moved(x, (t) => slicedTensor(t, axis, { start, step, count }));
  const strides = stridesOf(shape);
  return viewed(x, shape.with(axis, count), strides.with(axis, nth(strides, axis) * step), count === 0 ? 0 : start * nth(strides, axis));
}

interface Steps {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** Where there are steps between, the first of each group of as many. */
function slicedTensor(x: Tensor, axis: number, { start, step, count }: Steps): Tensor {
  if (count === 0) return slice(x, axis, 0, 0);
  if (step < 0) {
    const first = start + (count - 1) * step;
    return flip(slicedTensor(x, axis, { start: first, step: -step, count }), axis);
  }
  const last = start + (count - 1) * step + 1;
  if (step === 1) return slice(x, axis, start, last);
  const n = nth(x.shape, axis),
    missing = Math.max(0, start + count * step - n);
  const whole = slice(padTensor(x, axis, [0, missing], 0), axis, start, start + count * step),
    grouped = reshape(whole, whole.shape.toSpliced(axis, 1, count, step));
  return reshape(slice(grouped, axis + 1, 0, 1), whole.shape.with(axis, count));
}

export function joined(xs: readonly Value[], axis: number): Value {
  const [first] = xs;
  if (first === undefined) throw corrupt("nothing is joined");
  const along = axisIn(axis, shapeOf(first).length);
  for (const x of xs)
    if (shapeOf(x).length !== shapeOf(first).length || !shapeOf(x).every((n, a) => a === along || n === shapeOf(first)[a]))
      throw corrupt(`[${shapeOf(first).join(", ")}] and [${shapeOf(x).join(", ")}] do not join along axis ${axis}`);
  if (xs.every((x) => x.kind === "known")) return joinedKnown(xs as readonly Known[], along); // as just seen
  const dtype = dtypeOf(first.type);
  return traced(
    first.type,
    concat(
      xs.map((x) => tensorOf(x, dtype)),
      along,
    ),
    isEarly(xs),
  );
}

function joinedKnown(xs: readonly Known[], axis: number): Known {
  const [first] = xs as readonly [Known, ...Known[]], // one at least
    shape = first.shape.with(axis, xs.reduce((n, x) => n + nth(x.shape, axis), 0)), // prettier-ignore
    data = room(first.type, sizeOf(shape)),
    rows = sizeOf(shape.slice(0, axis)),
    width = sizeOf(shape.slice(axis));
  let before = 0;
  for (const x of xs) {
    const own = sizeOf(x.shape.slice(axis));
    for (let row = 0; row < rows; row++) data.set(x.data.subarray(row * own, (row + 1) * own), row * width + before);
    before += own;
  }
  return { ...first, shape, data };
}

/** As numpy broadcasts. Throws FILE_CORRUPT where it does not. */
export function spread(x: Value, shape: Shape): Value {
  const from = shapeOf(x);
  if (from.length > shape.length || !from.every((n, a) => n === 1 || n === shape[a + shape.length - from.length]))
    throw corrupt(`[${from.join(", ")}] does not broadcast to [${shape.join(", ")}]`);
  if (x.kind === "traced") return moved(x, (t) => broadcastTo(t, shape));
  const strides = stridesOf(from),
    lead = shape.length - from.length;
  return viewed(
    x,
    shape,
    shape.map((_, a) => (a < lead || from[a - lead] === 1 ? 0 : nth(strides, a - lead))),
  );
}

/** `value` before and after an axis. */
export function padded(x: Value, axis: number, around: readonly [number, number], value: number): Value {
  if (around[0] === 0 && around[1] === 0) return x;
  if (x.kind === "traced") return moved(x, (t) => padTensor(t, axis, around, value));
  const piece = (n: number): Known => {
    const shape = x.shape.with(axis, n);
    return { ...x, shape, data: room(x.type, sizeOf(shape)).fill(value) };
  };
  return joined([piece(around[0]), x, piece(around[1])], axis);
}

function padTensor(x: Tensor, axis: number, around: readonly [number, number], value: number): Tensor {
  if (around[0] === 0 && around[1] === 0) return x;
  return pad(
    x,
    x.shape.map((_, a) => (a === axis ? around : [0, 0])),
    value,
  );
}

/** The elements of a dense view with other strides, copied. */
function viewed(x: Known, shape: Shape, strides: readonly number[], offset = 0): Known {
  const data = room(x.type, sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0, at = offset; i < data.length; i++) {
    data[i] = nth(x.data, at);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += nth(strides, axis);
      const next = nth(index, axis) + 1;
      index[axis] = next;
      if (next < nth(shape, axis)) break;
      at -= nth(strides, axis) * nth(shape, axis);
      index[axis] = 0;
    }
  }
  return { ...x, shape, data };
}

export function stridesOf(shape: Shape): readonly number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Of another value of its type, as early as it is. */
export function moved(x: Value, move: (t: Tensor) => Tensor): Value {
  return traced(x.type, move(tensorOf(x)), isEarly([x]));
}
