// Operators that fold axes.
import {
  abs,
  add,
  concat,
  constant,
  exp,
  log,
  max,
  mean,
  min,
  mul,
  slice,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  where,
  less,
} from "@sluice/core";
import { nth } from "../read/there.ts";
import { reshaped, transposed } from "../values/moves.ts";
import { axisIn, known, type Known, rankOf, shapeOf, sizeOf, tensorOf, traced, type Value } from "../values/value.ts";
import { input, knownInts } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

type Fold = (x: Tensor, axes: readonly number[]) => Tensor;

const kept = { keepDims: true } as const;

const fold = (ofTensor: Fold, ofKnown?: (numbers: readonly number[]) => number) => ({
  since: 1,
  evaluate: (call: Call): readonly Value[] => [folded(call, ofTensor, ofKnown)],
});

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

export const reductions: Operators = {
  ReduceSum: fold((x, axes) => sum(x, axes, kept), total),
  ReduceMean: fold((x, axes) => mean(x, axes, kept), (numbers) => total(numbers) / numbers.length), // prettier-ignore
  ReduceMax: fold((x, axes) => max(x, axes, kept), (numbers) => numbers.reduce((a, b) => Math.max(a, b), -Infinity)), // prettier-ignore
  ReduceMin: fold((x, axes) => min(x, axes, kept), (numbers) => numbers.reduce((a, b) => Math.min(a, b), Infinity)), // prettier-ignore
  ReduceProd: fold(product, (numbers) => numbers.reduce((a, b) => a * b, 1)),
  ReduceL1: fold((x, axes) => sum(abs(x), axes, kept)),
  ReduceL2: fold((x, axes) => sqrt(sum(square(x), axes, kept))),
  ReduceSumSquare: fold((x, axes) => sum(square(x), axes, kept)),
  ReduceLogSum: fold((x, axes) => log(sum(x, axes, kept))),
  ReduceLogSumExp: fold(logSumExp),
};

/** Axes as an attribute before version 13 (ReduceSum) or 18, then as an input; without any all are folded, or none with `noop_with_empty_axes`. */
function folded(call: Call, ofTensor: Fold, ofKnown: ((numbers: readonly number[]) => number) | undefined): Value {
  const x = input(call, 0),
    keep = call.attributes.flag("keepdims", true),
    isNoop = call.attributes.flag("noop_with_empty_axes", false),
    given = call.attributes.ints("axes") ?? knownInts(call, 1, "its axes") ?? [];
  const axes = given.length > 0 ? given.map((axis) => axisIn(axis, rankOf(x))) : isNoop ? [] : shapeOf(x).map((_, axis) => axis);
  const shape = shapeOf(x),
    whole = shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const made = x.kind === "known" && ofKnown !== undefined ? foldedKnown(x, axes, ofKnown) : traced(x.type, ofTensor(tensorOf(x), axes));
  return reshaped(made, keep ? whole : shape.filter((_, axis) => !axes.includes(axis)));
}

function foldedKnown(x: Known, axes: readonly number[], each: (numbers: readonly number[]) => number): Known {
  const shape = shapeOf(x),
    left = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)),
    { data } = transposed(x, [...left, ...axes]) as Known, // known numbers stay known
    n = sizeOf(axes.map((axis) => nth(shape, axis))),
    rows = sizeOf(left.map((axis) => nth(shape, axis)));
  const results = Array.from({ length: rows }, (_, row) => each([...data.subarray(row * n, (row + 1) * n)]));
  return known(x.type, left.map((axis) => nth(shape, axis)), results); // prettier-ignore
}

/** Halves multiplied until one is left: a product of any signs, with its gradient. */
function product(x: Tensor, axes: readonly number[]): Tensor {
  return axes.reduce(productAlong, x);
}

function productAlong(x: Tensor, axis: number): Tensor {
  const n = nth(x.shape, axis),
    half = Math.floor(n / 2);
  if (n === 0) return constant(1, x.shape.with(axis, 1), x.dtype);
  if (n === 1) return x;
  const pairs = mul(slice(x, axis, 0, half), slice(x, axis, half, 2 * half));
  return productAlong(n % 2 === 0 ? pairs : concat([pairs, slice(x, axis, n - 1, n)], axis), axis);
}

function logSumExp(x: Tensor, axes: readonly number[]): Tensor {
  const highest = stopGradient(max(x, axes, kept)),
    shift = where(less(abs(highest), Infinity), highest, 0);
  return add(shift, log(sum(exp(sub(x, shift)), axes, kept)));
}
