// Operators that move elements, or say where they are: shapes, slices, joins.
import type { Shape } from "@sluice/core";
import { corrupt, NotSupported } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { typeNumbered } from "../schema/tensor.ts";
import { elementwise } from "../values/elementwise.ts";
import { joined, padded, reshaped, sliced, spread, transposed } from "../values/moves.ts";
import {
  axisIn,
  dtypeOf,
  isFloat,
  knownInts as intsAsValue,
  rankOf,
  shapeOf,
  sizeOf,
  together,
  traced,
  type Value,
  tensorOf,
  flagsOf,
} from "../values/value.ts";
import { axesOf, axisOf, input, knownInput, knownInts, knownNumber } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

export const movement: Operators = {
  Identity: { since: 1, evaluate: (call) => [input(call, 0)] },
  Shape: { since: 1, evaluate: shapeValue },
  Size: { since: 1, evaluate: (call) => [intsAsValue([sizeOf(shapeOf(input(call, 0)))], [])] },
  Reshape: { since: 5, evaluate: reshapedAs },
  Flatten: { since: 1, evaluate: flattened },
  Squeeze: { since: 1, evaluate: squeezed },
  Unsqueeze: { since: 1, evaluate: unsqueezed },
  Transpose: { since: 1, evaluate: reordered },
  Concat: { since: 4, evaluate: (call) => [joined(call.inputs.map((_, i) => input(call, i)), axisOf(call, 0))] }, // prettier-ignore
  Split: { since: 2, evaluate: parts },
  Slice: { since: 1, evaluate: cut },
  Expand: { since: 8, evaluate: expanded },
  Tile: { since: 6, evaluate: tiled },
  Pad: { since: 2, evaluate: surrounded },
  Cast: { since: 6, evaluate: castTo },
  CastLike: { since: 15, evaluate: (call) => [converted(input(call, 0), input(call, 1).type)] },
  Dropout: { since: 7, evaluate: dropout },
};

/** The axes `start … end − 1`, as version 15 has them. */
function shapeValue(call: Call): readonly Value[] {
  const shape = shapeOf(input(call, 0)),
    { attributes } = call,
    start = attributes.int("start", 0),
    end = attributes.has("end") ? attributes.int("end", 0) : shape.length;
  const place = (n: number): number => Math.min(shape.length, Math.max(0, n < 0 ? n + shape.length : n));
  return [intsAsValue(shape.slice(place(start), place(end)))];
}

/** 0 keeps an axis, unless `allowzero`; −1 is worked out. */
function reshapedAs(call: Call): readonly Value[] {
  const x = input(call, 0),
    from = shapeOf(x),
    allowZero = call.attributes.flag("allowzero", false),
    wanted = knownInts(call, 1, "its shape") ?? [];
  const kept = wanted.map((n, axis) => (n === 0 && !allowZero ? (from[axis] ?? 0) : n)),
    rest = sizeOf(kept.filter((n) => n !== -1));
  return [reshaped(x, kept.map((n) => (n === -1 ? (rest === 0 ? 0 : sizeOf(from) / rest) : n)))]; // prettier-ignore
}

function flattened(call: Call): readonly Value[] {
  const x = input(call, 0),
    shape = shapeOf(x),
    axis = call.attributes.int("axis", 1),
    from = axis === shape.length ? axis : axisIn(axis, Math.max(1, shape.length));
  return [reshaped(x, [sizeOf(shape.slice(0, from)), sizeOf(shape.slice(from))])];
}

function squeezed(call: Call): readonly Value[] {
  const x = input(call, 0),
    shape = shapeOf(x),
    axes = axesOf(call, 1, shape.length) ?? shape.flatMap((n, axis) => (n === 1 ? [axis] : []));
  if (axes.some((axis) => shape[axis] !== 1))
    throw corrupt(`[${shape.join(", ")}] has another size than 1 on one of the axes ${axes.join(", ")}`);
  return [reshaped(x, shape.filter((_, axis) => !axes.includes(axis)))]; // prettier-ignore
}

function unsqueezed(call: Call): readonly Value[] {
  const x = input(call, 0),
    given = call.attributes.ints("axes") ?? knownInts(call, 1, "its axes") ?? [],
    rank = rankOf(x) + given.length,
    axes = new Set(given.map((axis) => axisIn(axis, rank)));
  if (axes.size !== given.length) throw corrupt("an axis is named twice");
  const old = shapeOf(x).values();
  return [reshaped(x, Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (old.next().value ?? 1))))]; // prettier-ignore
}

function reordered(call: Call): readonly Value[] {
  const x = input(call, 0);
  return [transposed(x, call.attributes.ints("perm") ?? shapeOf(x).map((_, axis) => rankOf(x) - 1 - axis))];
}

/** By sizes, from an attribute before version 13; by `num_outputs`, the last one smaller; or in equal parts. */
function parts(call: Call): readonly Value[] {
  const x = input(call, 0),
    axis = axisOf(call, 0),
    n = nth(shapeOf(x), axis),
    count = call.attributes.int("num_outputs", call.node.outputs.length),
    each = Math.ceil(n / Math.max(1, count));
  const sizes =
    call.attributes.ints("split") ??
    knownInts(call, 1, "its sizes") ??
    Array.from({ length: Math.min(count, call.node.outputs.length) }, (_, i) => Math.max(0, Math.min(each, n - i * each)));
  if (sizes.some((size) => size < 0) || sizes.reduce((a, b) => a + b, 0) !== n) throw corrupt(`${sizes.join(" + ")} is not ${n}`);
  let start = 0;
  return sizes.map((size) => sliced(x, axis, start, (start += size)));
}

/** Attributes before version 10, inputs from then on. */
function cut(call: Call): readonly Value[] {
  const x = input(call, 0),
    starts = call.attributes.ints("starts") ?? knownInts(call, 1, "its starts") ?? [],
    ends = call.attributes.ints("ends") ?? knownInts(call, 2, "its ends") ?? [],
    axes = axesOf(call, 3, rankOf(x)) ?? starts.map((_, axis) => axisIn(axis, rankOf(x))),
    steps = knownInts(call, 4, "its steps") ?? [];
  if (starts.length !== axes.length || ends.length !== axes.length) throw corrupt("starts, ends and axes differ in number");
  return [
    axes.reduce((value, axis, i) => {
      const n = nth(shapeOf(value), axis),
        step = steps[i] ?? 1;
      if (step === 0) throw corrupt("a slice goes in steps of 0");
      const place = (at: number): number => (at < 0 ? at + n : at);
      const within = (at: number): number => (step > 0 ? Math.min(n, Math.max(0, at)) : Math.min(n - 1, Math.max(-1, at)));
      return sliced(value, axis, within(place(nth(starts, i))), within(place(nth(ends, i))), step);
    }, x),
  ];
}

function expanded(call: Call): readonly Value[] {
  const x = input(call, 0),
    wanted = knownInts(call, 1, "its shape") ?? [];
  return [spread(x, together(shapeOf(x), wanted))];
}

function tiled(call: Call): readonly Value[] {
  const x = input(call, 0),
    shape = shapeOf(x),
    repeats = knownInts(call, 1, "its repeats") ?? [];
  if (repeats.length !== shape.length || repeats.some((n) => n < 0))
    throw corrupt(`${shape.length} axes are repeated [${repeats.join(", ")}] times`);
  const between = shape.flatMap((n) => [1, n]),
    wide = shape.flatMap((n, axis) => [nth(repeats, axis), n]);
  return [reshaped(spread(reshaped(x, between), wide), shape.map((n, axis) => n * nth(repeats, axis)))]; // prettier-ignore
}

/** Widths as an attribute before version 11; all first sides, then all second ones. */
function surrounded(call: Call): readonly Value[] {
  const x = input(call, 0),
    mode = call.attributes.choice("mode", "constant", ["constant", "reflect", "edge", "wrap"]),
    given = call.attributes.ints("pads") ?? knownInts(call, 1, "its widths") ?? [],
    value = knownNumber(call, 2, "its value") ?? call.attributes.float("value", 0),
    axes = knownInts(call, 3, "its axes")?.map((axis) => axisIn(axis, rankOf(x))) ?? shapeOf(x).map((_, axis) => axis);
  if (given.length !== 2 * axes.length) throw corrupt(`${axes.length} axes have ${given.length} widths`);
  return [
    axes.reduce((padding: Value, axis, i) => {
      const [before, after] = [nth(given, i), nth(given, i + axes.length)];
      const n = nth(shapeOf(padding), axis),
        cropped = sliced(padding, axis, Math.max(0, -before), n - Math.max(0, -after));
      return around(cropped, axis, [Math.max(0, before), Math.max(0, after)], { mode, value });
    }, x),
  ];
}

type Fill = { readonly mode: "constant" | "reflect" | "edge" | "wrap"; readonly value: number };

function around(x: Value, axis: number, [before, after]: readonly [number, number], { mode, value }: Fill): Value {
  const n = nth(shapeOf(x), axis);
  if (mode === "constant") return padded(x, axis, [before, after], value);
  if (mode !== "edge" && Math.max(before, after) > n - Number(mode === "reflect"))
    throw new NotSupported(`pads ${n} elements by ${before} and ${after} in mode ${mode}`, "pad by fewer than there are");
  const side = (width: number, isBefore: boolean): readonly Value[] => {
    if (width === 0) return [];
    if (mode === "wrap") return [isBefore ? sliced(x, axis, n - width, n) : sliced(x, axis, 0, width)];
    if (mode === "reflect") return [isBefore ? sliced(x, axis, width, 0, -1) : sliced(x, axis, n - 2, n - 2 - width, -1)];
    const edge = isBefore ? sliced(x, axis, 0, 1) : sliced(x, axis, n - 1, n);
    return [spread(edge, shapeOf(x).with(axis, width))];
  };
  const pieces = [...side(before, true), x, ...side(after, false)];
  return pieces.length === 1 ? x : joined(pieces, axis);
}

function castTo(call: Call): readonly Value[] {
  const number = call.attributes.int("to", 0),
    type = typeNumbered(number);
  if (type === undefined) throw new NotSupported(`casts to type ${number}`, "cast to floats, whole numbers or booleans of 8 to 64 bits");
  call.attributes.flag("saturate", true); // of floats of 8 bits alone
  call.attributes.text("round_mode", "up"); // likewise
  return [converted(input(call, 0), type)];
}

/** Floats of 16 bits stay as exact as those of 32; whole numbers lose their fraction. */
export function converted(x: Value, type: Value["type"]): Value {
  if (x.type === type) return x;
  if (type === "bool") return x.kind === "known" ? known(x, (n) => Number(n !== 0)) : traced(type, flagsOf(x, dtypeOf(x.type)));
  if (x.kind === "traced") return traced(type, tensorOf({ ...x }, dtypeOf(type)));
  return known(x, isFloat(type) ? (n) => n : Math.trunc);

  function known(value: Value, each: (n: number) => number): Value {
    return elementwise({ known: (n) => each(n), traced: (t) => t }, [value], type);
  }
}

/** In inference: x, and that all was kept. */
function dropout(call: Call): readonly (Value | undefined)[] {
  call.attributes.float("ratio", 0.5);
  call.attributes.int("seed", 0);
  const x = input(call, 0),
    training = knownInput(call, 2, "training_mode");
  if (training !== undefined && training.data[0] !== 0) throw new NotSupported("drops in training", "export the model in inference");
  const mask: Shape = shapeOf(x);
  return [x, call.node.outputs.length > 1 ? spread({ kind: "known", type: "bool", shape: [], data: Float64Array.of(1) }, mask) : undefined];
}
