// The gradient of every kind of node but loops, which differentiate as a whole (loop.ts). One table, exhaustive by type.
import * as make from "../graph/make.ts";
import type { Node } from "../graph/node.ts";
import { type Arguments, scalarRules } from "./scalar.ts";
import { viewGradient } from "./viewGradient.ts";

export type Contribution = readonly [to: Node, gradient: Node];
type Kind = Exclude<Node["kind"], "stack" | "states">;
type Rule<K extends Kind> = (dy: Node, y: Extract<Node, { kind: K }>) => readonly Contribution[];

export function contributions(dy: Node, y: Extract<Node, { kind: Kind }>): readonly Contribution[] {
  return (rules[y.kind] as Rule<Kind>)(dy, y as never);
}

const rules: { readonly [K in Kind]: Rule<K> } = {
  input: () => [],
  const: () => [],
  data: () => [],
  param: () => [],
  pointwise(dy, y) {
    const args = y.args as unknown as Arguments; // as many as its rule reads
    return scalarRules[y.op](dy, args, y).flatMap((dx, i): Contribution[] => (dx === undefined ? [] : [[y.args[i]!, dx]]));
  },
  // y = x seen through a window: dx = zeros with dy laid where it was seen, summed where seen more than once
  view: (dy, { x, window }) => viewGradient(dy, window, x).map((dx): Contribution => [x, dx]),
  // y = pieces laid out: each gets back what lies in its window
  place: (dy, { pieces }) => pieces.map(({ x, window }): Contribution => [x, make.view(dy, window)]),
  reduce: (dy, y) => {
    const spread = (v: Node): Node =>
      make.broadcast(make.reshape(v, [...v.shape, ...y.x.shape.slice(v.shape.length).map(() => 1)]), y.x.shape);
    // y = Σ x: dx = dy at every x
    if (y.combine === "sum") return [[y.x, spread(dy)]];
    // y = max x: dx = dy / (number of maxima) at each maximum; of a NaN, which is below nothing, those are the NaNs
    const zero = make.constant(0, y.x.shape, y.dtype),
      one = make.constant(1, y.x.shape, y.dtype);
    const isLess = make.pointwise("select", [isNumber(spread(y)), make.pointwise("less", [y.x, spread(y)]), isNumber(y.x)]);
    const isMax = make.pointwise("select", [isLess, zero, one]);
    const share = make.pointwise("div", [dy, make.reduce("sum", isMax, y.folded)]);
    return [[y.x, make.pointwise("mul", [isMax, spread(share)])]];
  },
  // y = a b + c: da = dy bᵀ, db = aᵀ dy, dc = dy
  matmul: (dy, { a, b, plus }) => [
    [a, make.matmul(dy, make.swap(b), undefined, grad(a))],
    [b, make.matmul(make.swap(a), dy, undefined, grad(b))],
    ...(plus === undefined ? [] : [[plus, dy] as const]),
  ],
  // y = table[index]: every row of dy onto the row it came from
  gather: (dy, { table, index }) => [[table, make.scatter(dy, index, table.shape[0]!, grad(table))]],
  // y = source added at index: every row of source gets the row it went to; a dropped one gets 0
  scatter: (dy, { source, index, shape }) => {
    const at = make.copy(index, dy.dtype),
      n = at.shape;
    const below = make.pointwise("less", [at, make.constant(shape[0]!, n, dy.dtype)]),
      above = make.pointwise("less", [make.constant(-1, n, dy.dtype), at]);
    const inside = make.broadcast(make.reshape(make.pointwise("mul", [below, above]), [n[0]!, 1]), source.shape);
    return [[source, make.pointwise("select", [inside, make.gather(dy, index), make.constant(0, source.shape, dy.dtype)])]];
  },
};

/** 1 for a number, which is below 1 or above 0; 0 for NaN. */
function isNumber(x: Node): Node {
  const fill = (value: number): Node => make.constant(value, x.shape, x.dtype);
  return make.pointwise("max", [make.pointwise("less", [x, fill(1)]), make.pointwise("less", [fill(0), x])]);
}

function grad(of: Node): string | undefined {
  return of.label === undefined ? undefined : `d ${of.label}`;
}
