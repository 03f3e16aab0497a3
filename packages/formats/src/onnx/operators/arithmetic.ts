// Operators on one element of each operand: arithmetic, comparisons, logic, rounding, functions of a real number.
import {
  abs,
  add,
  cast,
  ceil,
  cos,
  div,
  equal,
  erf,
  exp,
  floor,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  pow,
  round,
  sigmoid,
  sin,
  sqrt,
  sub,
  type Tensor,
  tanh,
  where,
} from "@sluice/core";
import { corrupt } from "../read/failures.ts";
import { nth } from "../read/there.ts";
import { chosen, type Elementwise, elementwise, logical } from "../values/elementwise.ts";
import { dtypeOf, isFloat, tensorOf, traced, type Value } from "../values/value.ts";
import { input, knownNumber } from "./arguments.ts";
import type { Call, Operators } from "./operator.ts";

const binary = (since: number, known: (a: number, b: number) => number, ofTensors: (a: Tensor, b: Tensor) => Tensor) => ({
  since,
  evaluate: (call: Call) => [elementwise({ known, traced: ofTensors }, [input(call, 0), input(call, 1)])],
});

const compared = (since: number, known: (a: number, b: number) => boolean, ofTensors: (a: Tensor, b: Tensor) => Tensor) => ({
  since,
  evaluate: (call: Call) => [
    elementwise({ known: (a, b) => Number(known(a, b)), traced: ofTensors }, [input(call, 0), input(call, 1)], "bool"),
  ],
});

const unary = (since: number, known: (x: number) => number, ofTensor: (x: Tensor) => Tensor) => ({
  since,
  evaluate: (call: Call) => [elementwise({ known, traced: ofTensor }, [input(call, 0)])],
});

const tested = (known: (x: number) => boolean, ofTensor: (x: Tensor) => Tensor) => ({
  since: 9,
  evaluate: (call: Call) => [elementwise({ known: (x) => Number(known(x)), traced: ofTensor }, [input(call, 0)], "bool")],
});

const truth = (known: (a: boolean, b: boolean) => boolean, ofTensors: (a: Tensor, b: Tensor) => Tensor) => ({
  since: 7,
  evaluate: (call: Call) => [
    logical({ known: (a, b) => Number(known(a !== 0, b !== 0)), traced: (a, b) => ofTensors(a, b) }, [input(call, 0), input(call, 1)]),
  ],
});

/** Of any number of operands, one after another. */
const folded = (
  since: number,
  { known, traced: ofTensors }: { known: (a: number, b: number) => number; traced: (a: Tensor, b: Tensor) => Tensor },
) => ({
  since,
  evaluate: (call: Call) => [all(call).reduce((a, b) => elementwise({ known, traced: ofTensors }, [a, b]))],
});

function all(call: Call): readonly [Value, ...Value[]] {
  return call.inputs.map((_, i) => input(call, i)) as [Value, ...Value[]]; // or the first is missed when it is read
}

const plus: Elementwise = { known: (a, b) => a + b, traced: (a, b) => add(a, b) };

export const arithmetic: Operators = {
  Add: binary(7, (a, b) => a + b, add),
  Sub: binary(7, (a, b) => a - b, sub),
  Mul: binary(7, (a, b) => a * b, mul),
  Div: { since: 7, evaluate: divided },
  Mod: { since: 10, evaluate: remainder },
  Pow: { since: 7, evaluate: power },
  Neg: unary(6, (x) => -x, neg),
  Abs: unary(6, Math.abs, abs),
  Sign: unary(9, Math.sign, (x) => sub(greater(x, 0), less(x, 0))),
  Reciprocal: unary(6, (x) => 1 / x, (x) => div(1, x)), // prettier-ignore
  Sqrt: unary(6, Math.sqrt, sqrt),
  Exp: unary(6, Math.exp, exp),
  Log: unary(6, Math.log, log),
  Sin: unary(7, Math.sin, sin),
  Cos: unary(7, Math.cos, cos),
  Tanh: unary(6, Math.tanh, tanh),
  Sigmoid: unary(6, (x) => 1 / (1 + Math.exp(-x)), sigmoid),
  Erf: { since: 9, evaluate: (call) => [traced(input(call, 0).type, erf(tensorOf(input(call, 0))))] },
  Floor: unary(6, Math.floor, floor),
  Ceil: unary(6, Math.ceil, ceil),
  Round: unary(11, toEven, round),
  IsNaN: tested(Number.isNaN, (x) => notEqual(x, x)),
  IsInf: { since: 10, evaluate: infinite },
  Min: folded(8, { known: lesser, traced: minimum }),
  Max: folded(8, { known: greaterOne, traced: maximum }),
  Sum: folded(8, { known: (a, b) => a + b, traced: add }),
  Mean: {
    since: 8,
    evaluate: (call) => {
      const count = call.inputs.length,
        sum = all(call).reduce((a, b) => elementwise(plus, [a, b]));
      return [elementwise({ known: (x) => x / count, traced: (x) => mul(x, 1 / count) }, [sum])];
    },
  },
  Clip: { since: 6, evaluate: clipped },
  Where: { since: 9, evaluate: (call) => [chosen(input(call, 0), input(call, 1), input(call, 2))] },
  Equal: compared(7, (a, b) => a === b, equal),
  Less: compared(7, (a, b) => a < b, less),
  Greater: compared(7, (a, b) => a > b, greater),
  LessOrEqual: compared(12, (a, b) => a <= b, lessEqual),
  GreaterOrEqual: compared(12, (a, b) => a >= b, greaterEqual),
  And: truth((a, b) => a && b, mul),
  Or: truth((a, b) => a || b, maximum),
  Xor: truth((a, b) => a !== b, notEqual),
  Not: { since: 1, evaluate: (call) => [logical({ known: (x) => Number(x === 0), traced: (x) => sub(1, x) }, [input(call, 0)])] },
};

/** Of whole numbers the quotient cut towards 0. */
function divided(call: Call): readonly Value[] {
  const [a, b] = [input(call, 0), input(call, 1)];
  if (isFloat(a.type)) return [elementwise({ known: (x, y) => x / y, traced: (x, y) => div(x, y) }, [a, b])];
  return [elementwise({ known: (x, y) => Math.trunc(x / nonZero(y)), traced: quotient }, [a, b])];
}

/** Through f32: exact for whole numbers below 2²⁴. */
function quotient(x: Tensor, y: Tensor): Tensor {
  return cast(div(cast(x, "f32"), cast(y, "f32")), x.dtype);
}

/** With fmod = 0 of the sign of the divisor, as Python's %, with fmod = 1 of that of the dividend, as C's. */
function remainder(call: Call): readonly Value[] {
  const isC = call.attributes.flag("fmod", false),
    [a, b] = [input(call, 0), input(call, 1)];
  const isWhole = !isFloat(a.type);
  const known = (x: number, y: number): number => {
    const divisor = isWhole ? nonZero(y) : y;
    return isC ? x % divisor : x - divisor * Math.floor(x / divisor);
  };
  const ofTensors = (x: Tensor, y: Tensor): Tensor => {
    const q = div(cast(x, isWhole ? "f32" : x.dtype), cast(y, isWhole ? "f32" : y.dtype)),
      whole = isC ? where(less(q, 0), ceil(q), floor(q)) : floor(q);
    return sub(x, mul(y, cast(whole, x.dtype)));
  };
  return [elementwise({ known, traced: ofTensors }, [a, b])];
}

/** Where the exponent is known and one number, it is a number to core too, which makes products of it. */
function power(call: Call): readonly Value[] {
  const [x, y] = [input(call, 0), input(call, 1)];
  if (x.kind === "traced" && y.kind === "known" && y.data.length === 1 && y.shape.length <= x.tensor.rank)
    return [traced(x.type, pow(x.tensor, nth(y.data, 0)))];
  const exponent = y.kind === "known" ? { ...y, type: x.type } : traced(x.type, cast(y.tensor, dtypeOf(x.type)));
  return [elementwise({ known: Math.pow, traced: pow }, [x, exponent])];
}

function infinite(call: Call): readonly Value[] {
  const above = call.attributes.flag("detect_positive", true),
    below = call.attributes.flag("detect_negative", true);
  const isInfinite = (x: Tensor): Tensor => {
    const positive = equal(x, Infinity),
      negative = equal(x, -Infinity);
    return above && below ? maximum(positive, negative) : above ? positive : below ? negative : mul(positive, 0);
  };
  const known = (x: number): number => Number((above && x === Infinity) || (below && x === -Infinity));
  return [elementwise({ known, traced: isInfinite }, [input(call, 0)], "bool")];
}

/** Bounds as attributes before version 11, then as inputs. */
function clipped(call: Call): readonly Value[] {
  const x = input(call, 0),
    low = knownNumber(call, 1, "its lower bound") ?? (call.attributes.has("min") ? call.attributes.float("min", 0) : undefined),
    high = knownNumber(call, 2, "its upper bound") ?? (call.attributes.has("max") ? call.attributes.float("max", 0) : undefined);
  const known = (n: number): number => lesser(high ?? Infinity, greaterOne(low ?? -Infinity, n));
  const ofTensor = (t: Tensor): Tensor => {
    const above = low === undefined ? t : maximum(t, low);
    return high === undefined ? above : minimum(above, high);
  };
  return [elementwise({ known, traced: ofTensor }, [x])];
}

/** Half to even. */
function toEven(x: number): number {
  const low = Math.floor(x),
    over = x - low;
  return over < 0.5 || (over === 0.5 && low % 2 === 0) ? low : low + 1;
}

function lesser(a: number, b: number): number {
  return Math.min(a, b);
}

function greaterOne(a: number, b: number): number {
  return Math.max(a, b);
}

function nonZero(divisor: number): number {
  if (divisor === 0) throw corrupt("a whole number is divided by 0");
  return divisor;
}
