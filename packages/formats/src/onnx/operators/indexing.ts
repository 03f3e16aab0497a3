// Operators that read by index: rows, elements, extremes, running sums.
import { argmax, argmin, cumulativeSum, flip, gather, iota, literal, reshape, type Tensor, topK, type Shape, at } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { joined, reshaped, sliced, transposed } from "../values/moves.ts";
import { axisIn, dtypeOf, known, type Known, rankOf, shapeOf, sizeOf, tensorOf, traced, type Value } from "../values/value.ts";
import { axisOf, countable, input, knownNumber, knownInts } from "./arguments.ts";
import { wrapped } from "./making.ts";
import type { Call, Operators } from "./operator.ts";

export const indexing: Operators = {
  Gather: { since: 1, evaluate: gathered },
  GatherElements: { since: 11, evaluate: gatheredElements },
  GatherND: { since: 11, evaluate: gatheredPlaces },
  ArgMax: { since: 1, evaluate: (call) => [extreme(call, argmax)] },
  ArgMin: { since: 1, evaluate: (call) => [extreme(call, argmin)] },
  TopK: { since: 1, evaluate: largest },
  CumSum: { since: 11, evaluate: runningSum },
};

/** x […, n, …] and index [i…] → […, i…, …]. */
function gathered(call: Call): readonly Value[] {
  const x = input(call, 0),
    index = input(call, 1),
    axis = axisOf(call, 0, x),
    n = nth(shapeOf(x), axis);
  const picked = index.kind === "known" ? bySlices(x, axis, indicesIn(index, n), index.shape) : undefined;
  if (picked !== undefined) return [picked];
  const shape = shapeOf(x),
    order = [axis, ...shape.map((_, a) => a).filter((a) => a !== axis)],
    rest = shape.toSpliced(axis, 1),
    table = reshaped(transposed(x, order), [n, sizeOf(rest)]);
  const rows = rowsAt(table, wrapped(tensorOf(index, "i32"), n)), // [i…, rest]
    among = shapeOf(index),
    lead = among.length;
  const back = [
    ...rest.slice(0, axis).map((_, a) => lead + a),
    ...among.map((_, a) => a),
    ...rest.slice(axis).map((_, a) => lead + axis + a),
  ];
  return [transposed(reshaped(rows, [...among, ...rest]), back)];
}

/** Whole numbers beyond 2²⁴ would not be exact. */
function rowsAt(table: Value, index: Tensor): Value {
  const dtype = dtypeOf(table.type),
    rows = gather(tensorOf(table, dtype === "i32" ? "f32" : dtype), index);
  return traced(table.type, table.type === "bool" ? rows : tensorOf(traced(table.type, rows), dtype));
}

function indicesIn({ data }: Known, n: number): readonly number[] {
  return [...data].map((i) => {
    if (Number.isInteger(i) && i >= -n && i < n) return i < 0 ? i + n : i;
    throw corrupt(`the index ${i} lies outside ${n} elements`, { index: i, size: n });
  });
}

/** Rows that follow one another are a slice; few are slices side by side. */
function bySlices(x: Value, axis: number, indices: readonly number[], shape: Shape): Value | undefined {
  const [first = 0] = indices,
    whole = shapeOf(x).toSpliced(axis, 1, ...shape);
  if (indices.every((i, k) => i === first + k)) return reshaped(sliced(x, axis, first, first + indices.length), whole);
  if (x.kind === "traced" && indices.length > 16) return undefined;
  const pieces = indices.map((i) => sliced(x, axis, i, i + 1));
  return reshaped(joined(pieces, axis), whole);
}

/** y[i, j] = x[i, index[i, j]], along any axis. */
function gatheredElements(call: Call): readonly Value[] {
  const x = input(call, 0),
    index = input(call, 1),
    axis = axisOf(call, 0, x),
    shape = shapeOf(x),
    wanted = shapeOf(index);
  if (wanted.length !== shape.length || wanted.some((n, a) => a !== axis && n > nth(shape, a)))
    throw corrupt("an index has another shape than its values");
  const place = shape.map((_, a) =>
    a === axis
      ? wrapped(tensorOf(index, "i32"), nth(shape, a))
      : reshape(
          iota(countable(nth(wanted, a))),
          wanted.map((n, b) => (a === b ? n : 1)),
        ),
  );
  return [elementsAt(x, place, wanted)];
}

/** The elements at places, one index tensor for each axis; the rows of the axes that have none. */
function elementsAt(x: Value, places: readonly Tensor[], shape: Shape): Value {
  const own = shapeOf(x),
    rest = own.slice(places.length),
    flat = places.reduce((sum, place, axis) => sum.mul(nth(own, axis)).add(place), literal(Int32Array.of(0), [])),
    rows = rowsAt(reshaped(x, [sizeOf(own.slice(0, places.length)), sizeOf(rest)]), flat.broadcastTo(shape));
  return reshaped(rows, [...shape, ...rest]);
}

/** index […, k]: its last axis is a place in the first k axes of x. */
function gatheredPlaces(call: Call): readonly Value[] {
  const x = input(call, 0),
    index = tensorOf(input(call, 1), "i32"),
    k = index.shape.at(-1) ?? 0;
  if (call.attributes.int("batch_dims", 0) !== 0) throw new NotSupported("batch_dims is above 0", "gather without batch axes");
  if (k === 0 || k > rankOf(x)) throw corrupt(`a place of ${k} axes in ${rankOf(x)}`);
  const places = Array.from({ length: k }, (_, axis) => wrapped(at(index, -1, axis), nth(shapeOf(x), axis)));
  return [elementsAt(x, places, index.shape.slice(0, -1))];
}

function extreme(call: Call, of: (x: Tensor, axis: number) => Tensor): Value {
  const x = input(call, 0),
    axis = axisOf(call, 0),
    keep = call.attributes.flag("keepdims", true),
    isLast = call.attributes.flag("select_last_index", false),
    tensor = tensorOf(x);
  countable(nth(shapeOf(x), axis));
  const found = isLast
    ? of(flip(tensor, axis), axis)
        .mul(-1)
        .add(nth(shapeOf(x), axis) - 1)
    : of(tensor, axis);
  return traced("int64", keep ? found.expand(axis) : found);
}

/** Indices as whole numbers; "sorted" or not, they come sorted. */
function largest(call: Call): readonly Value[] {
  const x = input(call, 0),
    axis = axisOf(call, -1),
    k = knownNumber(call, 1, "its k") ?? call.attributes.int("k", 0);
  call.attributes.flag("sorted", true);
  const found = topK(tensorOf(x), k, { axis, largest: call.attributes.flag("largest", true) });
  return [traced(x.type, found.values), traced("int64", found.indices)];
}

function runningSum(call: Call): readonly Value[] {
  const x = input(call, 0),
    [given] = knownInts(call, 1, "its axis") ?? [],
    axis = axisIn(given ?? 0, rankOf(x)),
    exclusive = call.attributes.flag("exclusive", false),
    reverse = call.attributes.flag("reverse", false);
  if (x.kind === "traced") return [traced(x.type, cumulativeSum(x.tensor, axis, { exclusive, reverse }))];
  const { shape } = x,
    step = sizeOf(shape.slice(axis + 1)),
    n = nth(shape, axis),
    sums = [...x.data];
  for (let k = 0; k < sums.length; k++) {
    const i = reverse ? sums.length - 1 - k : k,
      isFirst = Math.floor(i / step) % n === (reverse ? n - 1 : 0);
    if (!isFirst) sums[i] = nth(sums, i) + nth(sums, i + (reverse ? step : -step));
  }
  return [known(x.type, shape, exclusive ? sums.map((sum, i) => sum - nth(x.data, i)) : sums)];
}
