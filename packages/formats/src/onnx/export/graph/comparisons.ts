// Comparisons as core composes them of `less`, seen again: what a file says in one operator.
import type { Node, Pointwise } from "@sluice/core/graph";

/** x op y, which is false where either is NaN. */
export interface Comparison {
  readonly op: "Less" | "LessOrEqual" | "Equal";
  readonly x: Node;
  readonly y: Node;
}

/** Undefined for what is none. */
export function comparisonOf(node: Node): Comparison | undefined {
  if (!isOp(node, "less") && !isOp(node, "select") && !isOp(node, "mul")) return undefined;
  const [a, b] = node.args as readonly [Node, Node];
  if (node.op === "less") return { op: "Less", x: a, y: b };
  if (node.op === "select") return lessOrEqual(node);
  const [below, above] = [a, b].map((each) => (isOp(each, "select") ? lessOrEqual(each) : undefined));
  const isBoth = below !== undefined && above !== undefined && isSame(below.x, above.y) && isSame(below.y, above.x);
  return isBoth ? { op: "Equal", x: below.x, y: below.y } : undefined;
}

/** x ≤ y is 0 where y < x, and elsewhere 1 if both are numbers. */
function lessOrEqual({ args: [test, zero, rest] }: Pointwise): Comparison | undefined {
  if (test === undefined || !isOp(test, "less") || zero === undefined || !isConst(zero, 0) || rest === undefined) return undefined;
  const [y, x] = test.args as readonly [Node, Node];
  const numbers = [x, y].filter((each) => each.kind !== "const");
  const factors = isOp(rest, "mul") ? rest.args : [rest];
  const isOrdered = numbers.length > 0 && numbers.every((each) => factors.some((factor) => isNumber(factor, each)));
  return isOrdered ? { op: "LessOrEqual", x, y } : undefined;
}

/** 1 where x is a number: it lies below 1 or above 0. */
function isNumber(factor: Node, x: Node): boolean {
  if (!isOp(factor, "max")) return false;
  const [below, above] = factor.args as readonly [Node, Node];
  if (!isOp(below, "less") || !isOp(above, "less")) return false;
  return below.args[0] === x && isConst(below.args[1], 1) && isConst(above.args[0], 0) && above.args[1] === x;
}

export function isOp(node: Node, op: Pointwise["op"]): node is Pointwise {
  return node.kind === "pointwise" && node.op === op;
}

export function isConst(node: Node | undefined, value: number): boolean {
  return node?.kind === "const" && node.value === value;
}

function isSame(a: Node, b: Node): boolean {
  return a === b || (a.kind === "const" && isConst(b, a.value));
}
