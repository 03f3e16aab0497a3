// Operators that make values: constants, ranges, triangles, one-hot rows.
import { greaterEqual, iota, lessEqual, oneHot, reshape, type Tensor, where } from "@sluice/core";
import { corrupt } from "../read/failures.ts";
import { tensorValue, typeNumbered } from "../schema/tensor.ts";
import {
  known,
  knownInts as ints,
  knownOf,
  type Known,
  rankOf,
  room,
  shapeOf,
  sizeOf,
  tensorOf,
  traced,
  type Value,
} from "../values/value.ts";
import { spread } from "../values/moves.ts";
import { elementwise } from "../values/elementwise.ts";
import { countable, input, knownInput, knownInts, knownNumber } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const making: Operators = {
  ConstantOfShape: { since: 9, evaluate: constantOfShape },
  Range: { since: 11, evaluate: range },
  EyeLike: { since: 9, evaluate: eyeLike },
  OneHot: { since: 9, evaluate: oneHotRows },
  Trilu: { since: 14, evaluate: triangle },
  NonZero: { since: 9, evaluate: nonZero },
};

function constantOfShape(call: Call): readonly Value[] {
  const shape = knownInts(call, 0, "its shape") ?? [],
    value = call.attributes.tensor("value"),
    one = value === undefined ? known("float32", [], [0]) : knownOf(tensorValue(value));
  if (one.data.length !== 1 || shape.some((n) => n < 0)) throw corrupt("a constant is one number of a shape");
  return [spread({ ...one, shape: [] }, shape)];
}

function range(call: Call): readonly Value[] {
  const [start, limit, step] = ["start", "limit", "step"].map((what, i) => knownNumber(call, i, `its ${what}`) ?? 0) as [
      number,
      number,
      number,
    ],
    count = Math.max(0, Math.ceil((limit - start) / step));
  if (step === 0 || !Number.isFinite(count)) throw corrupt(`a range goes from ${start} to ${limit} by ${step}`);
  const { type } = input(call, 0),
    data = room(type, count);
  return [{ kind: "known", type, shape: [count], data: data.map((_, i) => start + i * step) }];
}

function eyeLike(call: Call): readonly Value[] {
  const like = input(call, 0),
    type = typeNumbered(call.attributes.int("dtype", 0)) ?? like.type,
    k = call.attributes.int("k", 0),
    [rows, columns] = matrixOf(like);
  const data = room(type, rows * columns);
  for (let row = 0; row < rows; row++) if (row + k >= 0 && row + k < columns) data[row * columns + row + k] = 1;
  return [{ kind: "known", type, shape: [rows, columns], data }];
}

function matrixOf(x: Value): readonly [number, number] {
  const [rows, columns, ...more] = shapeOf(x);
  if (rows === undefined || columns === undefined || more.length > 0) throw corrupt(`a matrix is needed, got ${rankOf(x)} axes`);
  return [rows, columns];
}

/** The values where it is not, and where it is; indices below 0 count from the end. */
function oneHotRows(call: Call): readonly Value[] {
  const indices = input(call, 0),
    depth = countable(knownNumber(call, 1, "its depth") ?? 0),
    values = knownInput(call, 2, "its values"),
    axis = call.attributes.int("axis", -1);
  if (values?.data.length !== 2 || !Number.isInteger(depth) || depth < 0) throw corrupt("one-hot rows have a depth and two values");
  const [off, on] = values.data as unknown as [number, number]; // as just seen
  const index = elementwise({ known: (n) => (n < 0 ? n + depth : n), traced: (t) => wrapped(t, depth) }, [indices]);
  const dtype = values.type === "float64" ? "f64" : "f32",
    flags = oneHot(tensorOf({ ...index, type: "int32" }, "i32"), depth, dtype, axis);
  return [traced(values.type, tensorOf(traced(values.type, where(flags, on, off))))];
}

/** i32 indices, those below 0 from the end. */
export function wrapped(index: Tensor, n: number): Tensor {
  return where(index.less(0), index.add(n), index);
}

/** The other triangle is 0. */
function triangle(call: Call): readonly Value[] {
  const x = input(call, 0),
    isUpper = call.attributes.flag("upper", true),
    k = knownNumber(call, 1, "its diagonal") ?? 0,
    shape = shapeOf(x),
    [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined) throw corrupt("a triangle is of a matrix");
  if (x.kind === "known") {
    const keeps = (i: number): boolean => {
      const [row, column] = [Math.floor(i / columns) % rows, i % columns];
      return isUpper ? column - row >= k : column - row <= k;
    };
    return [{ ...x, data: x.data.map((n, i) => (keeps(i) ? n : 0)) }];
  }
  const { dtype } = x.tensor,
    column = iota(countable(columns), dtype),
    row = reshape(iota(countable(rows), dtype), [rows, 1]).add(k);
  return [traced(x.type, where(isUpper ? greaterEqual(column, row) : lessEqual(column, row), x.tensor, 0))];
}

/** Of known numbers: how many there are would otherwise be the shape of something. */
function nonZero(call: Call): readonly Value[] {
  const x = call.run.known(input(call, 0), "how many elements are not 0"),
    { shape } = x,
    places = [...x.data].flatMap((n, i) => (n === 0 ? [] : [i]));
  const rows = shape.map((n, axis) => places.map((i) => Math.floor(i / sizeOf(shape.slice(axis + 1))) % n));
  const made: Known = ints(rows.flat(), [shape.length, places.length]);
  return [made];
}
