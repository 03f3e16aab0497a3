// One tight loop per scalar operation, over registers. A result may go where an operand lies: each element is read before it is written.
import type { ScalarOp } from "@sluice/core";
import { erf, sigmoid } from "@sluice/core/kit";

type Register = Float64Array;
/** out[i] = op(x[i], y[i], z[i]) for i < n; an operation ignores operands it does not take. `select` takes the test first. */
export type Operation = (out: Register, x: Register, y: Register, z: Register, n: number) => void;

/** Of one operand, where the function costs far more than its call. */
export function unary(f: (x: number) => number): Operation {
  return (out, x, _y, _z, n) => {
    for (let i = 0; i < n; i++) out[i] = f(x[i]!);
  };
}

export const operations: { readonly [O in ScalarOp]: Operation } = {
  neg(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = -x[i]!;
  },
  floor(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = Math.floor(x[i]!);
  },
  exp(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = Math.exp(x[i]!);
  },
  log(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = Math.log(x[i]!);
  },
  log1p: unary(Math.log1p),
  expm1: unary(Math.expm1),
  sqrt(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = Math.sqrt(x[i]!);
  },
  tanh(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = Math.tanh(x[i]!);
  },
  sigmoid(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = sigmoid(x[i]!);
  },
  sin: unary(Math.sin),
  cos: unary(Math.cos),
  erf: unary(erf),
  add(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = x[i]! + y[i]!;
  },
  sub(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = x[i]! - y[i]!;
  },
  mul(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = x[i]! * y[i]!;
  },
  div(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = x[i]! / y[i]!;
  },
  max(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = Math.max(x[i]!, y[i]!);
  },
  min(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = Math.min(x[i]!, y[i]!);
  },
  less(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = x[i]! < y[i]! ? 1 : 0;
  },
  select(out, test, x, y, n) {
    for (let i = 0; i < n; i++) out[i] = test[i] !== 0 ? x[i]! : y[i]!;
  },
};
