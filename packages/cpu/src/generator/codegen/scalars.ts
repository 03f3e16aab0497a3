// What each scalar operation is in four lanes of float32, and what it costs.
import type { ScalarOp } from "@sluice/core";
import { type Code, f32x4, v128 } from "../wasm/index.ts";
import { erf } from "./erf.ts";
import { exp, expm1, log, log1p, sigmoid, tanh } from "./functions.ts";
import type { Lanes } from "./lanes.ts";
import { cos, sin } from "./trigonometry.ts";

export interface Scalar {
  /** Takes the code of its operands; `select` takes a mask first. */
  readonly code: (lanes: Lanes, x: Code, y: Code, z: Code) => Code;
  /** Machine instructions, of which a core does two or three in a cycle. */
  readonly cost: number;
  /** So long that a kernel may rather call it than contain it. */
  readonly long?: true;
}

export const scalars: { readonly [O in ScalarOp]: Scalar } = {
  neg: { code: (_, x) => f32x4.neg(x), cost: 1 },
  floor: { code: (_, x) => f32x4.floor(x), cost: 1 },
  exp: { code: exp, cost: 30, long: true },
  log: { code: log, cost: 60, long: true },
  log1p: { code: log1p, cost: 72, long: true },
  expm1: { code: expm1, cost: 36, long: true },
  sqrt: { code: (_, x) => f32x4.sqrt(x), cost: 6 },
  tanh: { code: tanh, cost: 34, long: true },
  sigmoid: { code: sigmoid, cost: 27, long: true },
  sin: { code: sin, cost: 36, long: true },
  cos: { code: cos, cost: 38, long: true },
  erf: { code: erf, cost: 52, long: true },
  add: { code: (_, x, y) => f32x4.add(x, y), cost: 1 },
  sub: { code: (_, x, y) => f32x4.sub(x, y), cost: 1 },
  mul: { code: (_, x, y) => f32x4.mul(x, y), cost: 1 },
  div: { code: (_, x, y) => f32x4.div(x, y), cost: 6 },
  max: { code: (_, x, y) => f32x4.max(x, y), cost: 6 },
  min: { code: (_, x, y) => f32x4.min(x, y), cost: 7 },
  less: { code: ({ constant }, x, y) => v128.and(f32x4.lt(x, y), constant(1)), cost: 2 },
  select: { code: (_, mask, x, y) => v128.select(x, y, mask), cost: 4 },
};
