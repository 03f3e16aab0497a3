// The operations of an f32 body: each rounds what it computes in float64, which for + − × ÷ √ is what float32 arithmetic gives (Figueroa 1995).
import type { ScalarOp } from "@sluice/core";
import { erf, sigmoid } from "@sluice/core/kit";
import { type Operation, operations, unary } from "./operations.ts";

const { fround } = Math;

/** As `operations`, of operands that are float32 already. What only chooses or changes a sign is exact as it is. */
export const rounded: { readonly [O in ScalarOp]: Operation } = {
  ...operations,
  exp(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(Math.exp(x[i]!));
  },
  log(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(Math.log(x[i]!));
  },
  log1p: unary((x) => fround(Math.log1p(x))),
  expm1: unary((x) => fround(Math.expm1(x))),
  sqrt(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(Math.sqrt(x[i]!));
  },
  tanh(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(Math.tanh(x[i]!));
  },
  sigmoid(out, x, _y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(sigmoid(x[i]!));
  },
  sin: unary((x) => fround(Math.sin(x))),
  cos: unary((x) => fround(Math.cos(x))),
  erf: unary((x) => fround(erf(x))),
  add(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(x[i]! + y[i]!);
  },
  sub(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(x[i]! - y[i]!);
  },
  mul(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(x[i]! * y[i]!);
  },
  div(out, x, y, _z, n) {
    for (let i = 0; i < n; i++) out[i] = fround(x[i]! / y[i]!);
  },
};

/** Rounds a register in place. */
export function round(register: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) register[i] = fround(register[i]!);
}
