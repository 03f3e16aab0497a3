// A fold of a fold is one fold over more axes, unless the inner one is wanted for itself: then what it gives is less to fold.
import * as make from "../graph/make.ts";
import type { Node, Reduce } from "../graph/node.ts";
import { consumers, postorder } from "../graph/order.ts";
import { rewrite } from "../graph/rewrite.ts";
import { permutation } from "../graph/window.ts";

export function mergeReductions(roots: readonly Node[]): Node[] {
  const order = postorder(roots);
  if (!order.some((node) => node.kind === "reduce" && folded(node).kind === "reduce")) return [...roots];
  const users = consumers(order),
    wanted = new Set(roots);
  const isOwn = (node: Node): boolean => users(node).length === 1 && !wanted.has(node);
  const rule = (node: Node, old: Node): Node => {
    if (node.kind !== "reduce" || old.kind !== "reduce") return node;
    const through = old.x.kind === "view" ? [old.x, old.x.x] : [old.x];
    return through.every(isOwn) ? (mergeReduction(node) ?? node) : node;
  };
  return rewrite(roots, rule, order);
}

/** What a reduce folds, through a view. */
function folded({ x }: Reduce): Node {
  return x.kind === "view" ? x.x : x;
}

function mergeReduction(reduce: Reduce): Node | undefined {
  const { combine, x, label } = reduce,
    inner = folded(reduce),
    order = x.kind === "view" ? permutation(x.window, inner.shape) : x.shape.map((_, axis) => axis);
  if (inner.kind !== "reduce" || inner.combine !== combine || order === undefined || saturates(inner)) return undefined;
  const more = Array.from({ length: inner.folded }, (_, k) => inner.shape.length + k);
  return make.reduce(combine, make.transpose(inner.x, [...order, ...more]), inner.folded + reduce.folded, label);
}

/** Sums of i32 end at 32 bits each, so that a sum of sums is not the sum of all. */
function saturates({ combine, dtype }: Reduce): boolean {
  return combine === "sum" && dtype === "i32";
}
