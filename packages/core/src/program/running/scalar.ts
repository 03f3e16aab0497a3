// What each scalar operation means, in float64: the specification that backends are measured against.
import type { BinaryOp, Instruction, UnaryOp } from "../../backend.ts";
import { erf } from "./erf.ts";

export const unary: { readonly [O in UnaryOp]: (x: number) => number } = {
  neg: (x) => -x,
  floor: Math.floor,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  expm1: Math.expm1,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  sigmoid,
  sin: Math.sin,
  cos: Math.cos,
  erf,
};

export const binary: { readonly [O in BinaryOp]: (x: number, y: number) => number } = {
  add: (x, y) => x + y,
  sub: (x, y) => x - y,
  mul: (x, y) => x * y,
  div: (x, y) => x / y,
  max: Math.max,
  min: Math.min,
  less: (x, y) => (x < y ? 1 : 0),
};

/** 1 / (1 + e^−x), without overflow at either end: the exponential is taken of −|x|. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/**
 * The value of every instruction of `body`, written to `values`; `load(input)` gives the elements.
 * A test selects x unless it is 0: NaN selects x. Float32 `values` round each instruction, as a body of that dtype does.
 */
export function evaluate(body: readonly Instruction[], load: (input: number) => number, values: Values): void {
  for (let i = 0; i < body.length; i++) values[i] = scalar(body[i]!, load, values);
}

type Values = Float32Array | Float64Array;

function scalar(instruction: Instruction, load: (input: number) => number, v: Values): number {
  switch (instruction.op) {
    case "const":
      return instruction.value;
    case "load":
      return load(instruction.input);
    case "select":
      return v[instruction.test] !== 0 ? v[instruction.x]! : v[instruction.y]!;
    case "neg":
    case "floor":
    case "exp":
    case "log":
    case "log1p":
    case "expm1":
    case "sqrt":
    case "tanh":
    case "sigmoid":
    case "sin":
    case "cos":
    case "erf":
      return unary[instruction.op](v[instruction.x]!);
    default:
      return binary[instruction.op](v[instruction.x]!, v[instruction.y]!);
  }
}
