// Operators that put values at places, and that reverse parts: every one is a gather with other indices, so that gradients go where the values do.
import { concat, gather, iota, less, literal, reshape, type Shape, sub, type Tensor, where } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { reshaped, stridesOf, transposed } from "../values/moves.ts";
import { axisIn, dtypeOf, type Known, room, shapeOf, sizeOf, tensorOf, traced, type Value } from "../values/value.ts";
import { axisOf, countable, input, knownInput } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const scattering: Operators = {
  ScatterElements: { since: 11, evaluate: scatteredElements },
  ScatterND: { since: 11, evaluate: scatteredPlaces },
  ReverseSequence: { since: 10, evaluate: reversed },
};

/** y = x, but y[i, index[i, j]] = updates[i, j], along any axis. */
function scatteredElements(call: Call): readonly Value[] {
  const { x, index, updates } = operands(call),
    shape = shapeOf(x),
    axis = axisOf(call, 0, x),
    strides = stridesOf(shape),
    own = stridesOf(index.shape);
  if (String(index.shape) !== String(shapeOf(updates)) || index.shape.length !== shape.length)
    throw corrupt("indices and updates differ in shape");
  const places = Array.from(index.data, (to, i) =>
    strides.reduce((sum, stride, a) => {
      const at = Math.floor(i / nth(own, a)) % nth(index.shape, a);
      return sum + stride * within(a === axis ? to : at, nth(shape, a));
    }, 0),
  );
  return [placed(x, updates, places, 1)];
}

/** y = x, but y[index[i]] = updates[i]: the last axis of the index is a place in the first axes of x. */
function scatteredPlaces(call: Call): readonly Value[] {
  const { x, index, updates } = operands(call),
    shape = shapeOf(x),
    k = index.shape.at(-1) ?? 0,
    width = sizeOf(shape.slice(k)),
    strides = stridesOf(shape.slice(0, k));
  const count = sizeOf(index.shape.slice(0, -1));
  if (k > shape.length || sizeOf(shapeOf(updates)) !== count * width) throw corrupt("indices and updates do not fit");
  const places = Array.from({ length: count }, (_, i) =>
    strides.reduce((sum, stride, a) => sum + stride * within(nth(index.data, i * k + a), nth(shape, a)), 0),
  );
  return [placed(x, updates, places, width)];
}

function operands(call: Call): { readonly x: Value; readonly index: Known; readonly updates: Value } {
  const index = knownInput(call, 1, "its places");
  if (index === undefined) throw corrupt("it lacks its places");
  call.attributes.choice("reduction", "none", ["none"]);
  return { x: input(call, 0), index, updates: input(call, 2) };
}

/** Rows of x, but at places those of updates; of several at one place the last. */
function placed(x: Value, updates: Value, places: readonly number[], width: number): Value {
  const shape = shapeOf(x),
    rows = sizeOf(shape) / Math.max(1, width),
    from = room("int64", rows).map((_, i) => i);
  places.forEach((place, i) => (from[place] = rows + i));
  const table = (value: Value): Tensor => floats(value, [sizeOf(shapeOf(value)) / Math.max(1, width), width]);
  return back(x, gather(concat([table(x), table(updates)], 0), literal(Int32Array.from(from))), shape);
}

/** Through f32 for whole numbers: exact below 2²⁴. */
function floats(value: Value, shape: Shape): Tensor {
  return reshape(tensorOf(value, dtypeOf(value.type) === "f64" ? "f64" : "f32"), shape);
}

function back(x: Value, rows: Tensor, shape: Shape): Value {
  return traced(x.type, tensorOf(traced(x.type, reshape(rows, shape))));
}

function within(index: number, n: number): number {
  if (Number.isInteger(index) && index >= -n && index < n) return index < 0 ? index + n : index;
  throw corrupt(`the index ${index} lies outside ${n} elements`, { index, size: n });
}

/** The first steps of each row in reverse, as many as it has; the others stay. */
function reversed(call: Call): readonly Value[] {
  const x = input(call, 0),
    lengths = tensorOf(input(call, 1), "i32"),
    time = axisIn(call.attributes.int("time_axis", 0), 2),
    batch = axisIn(call.attributes.int("batch_axis", 1), 2),
    shape = shapeOf(x);
  if (time === batch || shape.length < 2) throw new NotSupported("has its steps and its batch on one axis", "give them axes of their own");
  const front = batch === 0 ? x : transposed(x, [1, 0, ...shape.keys()].toSpliced(2, 2)), // [batch, steps, …]
    [rows = 0, steps = 0, ...rest] = shapeOf(front);
  if (lengths.rank !== 1 || lengths.shape[0] !== rows) throw corrupt(`${rows} rows have lengths [${lengths.shape.join(", ")}]`);
  const step = reshape(iota(countable(steps)), [1, steps]),
    length = lengths.expand(1),
    from = where(less(step, length), sub(sub(length, step), 1), step),
    flat = reshape(iota(countable(rows)), [rows, 1])
      .mul(steps)
      .add(from);
  const turned = back(x, gather(floats(front, [rows * steps, sizeOf(rest)]), flat), [rows, steps, ...rest]);
  return [batch === 0 ? turned : reshaped(transposed(turned, [1, 0, ...shape.keys()].toSpliced(2, 2)), shape)];
}
