// Scalar operations on elements, and tests of them.
import type { Node, Pointwise } from "@sluice/core/graph";
import type { Emitter } from "../emission/emitter.ts";
import { cast, elementwise, expand } from "../emission/operators.ts";
import { type Numbers, scalar } from "../emission/values.ts";
import { lookThrough } from "../windows/look.ts";
import { comparisonOf, isConst, isOp } from "./comparisons.ts";
import type { Lowering } from "./lowering.ts";
import { nth } from "../../read/there.ts";

/** Operations that an operator of ONNX does. */
const operators = {
  neg: "Neg",
  floor: "Floor",
  exp: "Exp",
  log: "Log",
  sqrt: "Sqrt",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  sin: "Sin",
  cos: "Cos",
  erf: "Erf",
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  max: "Max",
  min: "Min",
} as const;

export function emitPointwise(e: Emitter, lowering: Lowering, node: Pointwise): Numbers {
  const { op, args, dtype, label } = node;
  const x = (k: number): Numbers => lowering.spread(nth(args, k)); // as many as the operation takes
  if ((op === "mul" || op === "sub") && isFlag(node)) return cast(e, lowering.test(node), dtype);
  switch (op) {
    case "stop":
      return x(0);
    case "copy":
      return cast(e, x(0), dtype);
    case "less":
      return cast(e, lowering.test(node), dtype);
    case "select":
      return elementwise(e, "Where", [lowering.test(nth(args, 0)), x(1), x(2)], dtype, label);
    case "log1p":
      return log1p(e, x(0));
    case "expm1":
      return expm1(e, x(0));
    case "floor":
      return dtype === "i32" ? x(0) : elementwise(e, "Floor", [x(0)], dtype, label);
    case "max":
      if (dtype !== "i32" && isConst(nth(args, 1), 0)) return elementwise(e, "Relu", [x(0)], dtype, label);
      return elementwise(e, "Max", [x(0), x(1)], dtype, label);
    default:
      return elementwise(
        e,
        operators[op],
        args.map((_, k) => x(k)),
        dtype,
        label,
      );
  }
}

/** The truth value of a comparison, of what is made of such, and of what shows one; undefined where the number itself must be looked at. */
export function emitTest(e: Emitter, lowering: Lowering, node: Node): Numbers | undefined {
  if (!isTest(node)) return undefined;
  const of = (x: Node): Numbers => lowering.test(x);
  if (node.kind === "view") return lookThrough(e, expand(e, of(node.x), node.x.shape), node.window);
  const compared = comparisonOf(node);
  if (compared !== undefined) return elementwise(e, compared.op, [lowering.spread(compared.x), lowering.spread(compared.y)], "bool");
  if (node.kind !== "pointwise") return undefined;
  const [x, y, z] = node.args as readonly [Node, Node, Node];
  switch (node.op) {
    case "copy":
    case "stop":
      return of(x);
    case "sub":
      return elementwise(e, "Not", [of(y)], "bool");
    case "mul":
    case "min":
      return elementwise(e, "And", [of(x), of(y)], "bool");
    case "max":
      return elementwise(e, "Or", [of(x), of(y)], "bool");
    case "select":
      if (isConst(z, 0)) return isConst(y, 1) ? of(x) : elementwise(e, "And", [of(x), of(y)], "bool");
      return isConst(z, 1)
        ? elementwise(e, "Not", [of(x)], "bool")
        : elementwise(e, "And", [elementwise(e, "Not", [of(x)], "bool"), of(z)], "bool");
    default:
      return undefined;
  }
}

const known = new WeakMap<Node, boolean>();

/** Is it 1 or 0, by what it is made of? Of a choice between something and 0 it is asked whether it is 0. */
function isTest(node: Node): boolean {
  const before = known.get(node);
  if (before !== undefined) return before;
  const is = looksLikeTest(node);
  known.set(node, is);
  return is;
}

function looksLikeTest(node: Node): boolean {
  if (node.kind === "view") return isTest(node.x);
  if (node.kind !== "pointwise") return false;
  const [x, y, z] = node.args as readonly [Node, Node, Node];
  switch (node.op) {
    case "less":
      return true;
    case "copy":
    case "stop":
      return isTest(x);
    case "sub":
      return isConst(x, 1) && isFlag(y);
    case "mul":
    case "min":
    case "max":
      return isFlag(x) && isFlag(y);
    case "select":
      return isConst(z, 0) || isConst(y, 0);
    default:
      return false;
  }
}

/** Is it 1 or 0 and nothing else? */
function isFlag(node: Node): boolean {
  if (node.kind === "view") return isFlag(node.x);
  if (isOp(node, "select")) return node.args.slice(1).every((each) => isConst(each, 0) || isConst(each, 1) || isFlag(each));
  return isTest(node);
}

/** log(1 + x) = x·log(u)/(u − 1) with u = 1 + x as it was rounded (Higham 2002, section 1.14.1). */
function log1p(e: Emitter, x: Numbers): Numbers {
  const one = scalar(1, x.elem),
    u = elementwise(e, "Add", [x, one]),
    off = elementwise(e, "Sub", [u, one]);
  const isOne = elementwise(e, "Equal", [u, one], "bool"),
    isFar = elementwise(e, "Equal", [off, x], "bool"), // also of ∞, where the quotient is NaN
    log = elementwise(e, "Log", [u]);
  const near = elementwise(e, "Div", [elementwise(e, "Mul", [log, x]), off]);
  return elementwise(e, "Where", [isOne, x, elementwise(e, "Where", [isFar, log, near], x.elem)], x.elem);
}

/** e^x − 1 = x·(u − 1)/log(u) with u = e^x as it was rounded (Higham 2002, section 1.14.1); beyond ±1 nothing cancels. */
function expm1(e: Emitter, x: Numbers): Numbers {
  const one = scalar(1, x.elem),
    u = elementwise(e, "Exp", [x]),
    off = elementwise(e, "Sub", [u, one]);
  const isOne = elementwise(e, "Equal", [u, one], "bool"),
    isNear = elementwise(e, "Less", [elementwise(e, "Abs", [x]), one], "bool");
  const near = elementwise(e, "Div", [elementwise(e, "Mul", [x, off]), elementwise(e, "Log", [u])]);
  return elementwise(e, "Where", [isOne, x, elementwise(e, "Where", [isNear, near, off], x.elem)], x.elem);
}
