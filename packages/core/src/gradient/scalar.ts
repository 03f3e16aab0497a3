// The derivative of every scalar operation, with its formula. Exhaustive by type: an operation without a rule does not compile.
import type { ScalarOp } from "../backend.ts";
import * as make from "../graph/make.ts";
import type { Node, Pointwise } from "../graph/node.ts";

/** Those of an operation: as many as it takes are there. */
export type Arguments = readonly [Node, Node, Node];

/** Given dL/dy, the operation's arguments x and its result y: dL/dx for each argument; undefined where there is none. */
export type ScalarRule = (dy: Node, x: Arguments, y: Pointwise) => readonly (Node | undefined)[];

const add = (a: Node, b: Node): Node => make.pointwise("add", [a, b]);
const sub = (a: Node, b: Node): Node => make.pointwise("sub", [a, b]);
const mul = (a: Node, b: Node): Node => make.pointwise("mul", [a, b]);
const div = (a: Node, b: Node): Node => make.pointwise("div", [a, b]);
const neg = (a: Node): Node => make.pointwise("neg", [a]);
const less = (a: Node, b: Node): Node => make.pointwise("less", [a, b]);
const select = (test: Node, a: Node, b: Node): Node => make.pointwise("select", [test, a, b]);
const fill = (value: number, like: Node): Node => make.constant(value, like.shape, like.dtype);

export const scalarRules: { readonly [O in ScalarOp | "copy" | "stop"]: ScalarRule } = {
  // y = −x: dx = −dy
  neg: (dy) => [neg(dy)],
  // y = ⌊x⌋ is flat almost everywhere
  floor: () => [undefined],
  // y = eˣ: dx = y dy
  exp: (dy, _x, y) => [mul(dy, y)],
  // y = log x: dx = dy / x
  log: (dy, [x]) => [div(dy, x)],
  // y = log(1 + x): dx = dy / (1 + x)
  log1p: (dy, [x]) => [div(dy, add(fill(1, x), x))],
  // y = eˣ − 1: dx = eˣ dy, where y + 1 would lose all of it far below 0
  expm1: (dy, [x]) => [mul(dy, make.pointwise("exp", [x]))],
  // y = √x: dx = dy / 2y
  sqrt: (dy, _x, y) => [div(dy, add(y, y))],
  // y = tanh x: dx = (1 − y²) dy
  tanh: (dy, _x, y) => [mul(dy, sub(fill(1, y), mul(y, y)))],
  // y = σ(x): dx = y (1 − y) dy
  sigmoid: (dy, _x, y) => [mul(dy, mul(y, sub(fill(1, y), y)))],
  // y = sin x: dx = cos x dy
  sin: (dy, [x]) => [mul(dy, make.pointwise("cos", [x]))],
  // y = cos x: dx = −sin x dy
  cos: (dy, [x]) => [neg(mul(dy, make.pointwise("sin", [x])))],
  // y = erf x: dx = 2/√π e^−x² dy
  erf: (dy, [x]) => [mul(dy, mul(fill(2 / Math.sqrt(Math.PI), x), make.pointwise("exp", [neg(mul(x, x))])))],
  // y = a + b: da = dy, db = dy
  add: (dy) => [dy, dy],
  // y = a − b: da = dy, db = −dy
  sub: (dy) => [dy, neg(dy)],
  // y = a b: da = b dy, db = a dy
  mul: (dy, [a, b]) => [mul(dy, b), mul(dy, a)],
  // y = a / b: da = dy / b, db = −y dy / b
  div: (dy, [, b], y) => [div(dy, b), neg(div(mul(dy, y), b))],
  // y = max(a, b): to a where b < a, otherwise to b
  max: (dy, [a, b]) => toOne(less(b, a), dy),
  // y = min(a, b): to a where a < b, otherwise to b
  min: (dy, [a, b]) => toOne(less(a, b), dy),
  // y = [a < b] is flat almost everywhere
  less: () => [undefined, undefined],
  // y = test ? a : b: to the one taken
  select: (dy, [test]) => [undefined, ...toOne(test, dy)],
  // y = x in another dtype: back in x's, between floats
  copy: (dy, [x]) => [x.dtype === "i32" || dy.dtype === "i32" ? undefined : x.dtype === dy.dtype ? dy : make.copy(dy, x.dtype)],
  stop: () => [undefined],
};

function toOne(test: Node, dy: Node): [Node, Node] {
  const zero = fill(0, dy);
  return [select(test, dy, zero), select(test, zero, dy)];
}
