// a·b + c·d becomes one product that accumulates onto the other, so that what is stored for the backward pass is the sum alone.
import * as make from "../graph/make.ts";
import type { Node } from "../graph/node.ts";
import { consumers, freeParams, postorder } from "../graph/order.ts";
import { isSlicedProduct } from "../graph/products.ts";
import { rewrite } from "../graph/rewrite.ts";
import { matchProduct } from "./matchProduct.ts";

/**
 * In each sum the products chain, those that depend on no loop first (they will be hoisted), those that depend on a state last, and among
 * them those with more axes first, whose sum can be seen under the shape of the others; everything else is added afterwards, pointwise.
 * Only sums and products that nothing else uses are merged.
 */
export function accumulateProducts(roots: readonly Node[]): Node[] {
  const order = postorder(roots),
    users = consumers(order),
    rank = ranks(order);
  const isRoot = new Set(roots);
  const isOwn = (node: Node): boolean => users(node).length === 1 && !isRoot.has(node);
  const isInner = (node: Node): boolean =>
    isAdd(node) &&
    isOwn(node) &&
    isAdd(users(node)[0]!) &&
    (users(node)[0] as { args: readonly Node[] }).args.filter((x) => x === node).length === 1;
  const made = new Map<Node, Node>();
  const rule = (node: Node, old: Node): Node => {
    made.set(old, node);
    if (!isAdd(old) || isInner(old)) return node;
    const leaves = terms(old, isInner),
      axes = (x: Node): number => matchProduct(x, isOwn)?.shape.length ?? 0,
      products = leaves.filter((x) => axes(x) > 0).sort((a, b) => rank(a) - rank(b) || axes(b) - axes(a));
    const first =
      products[0] === undefined
        ? undefined
        : (leaves.find((x) => isSlicedProduct(x) && !products.includes(x) && isOwn(x) && rank(x) < rank(products[0]!)) ?? undefined);
    if (products.length + (first === undefined ? 0 : 1) < 2) return node;
    const chain = products.reduce<Node | undefined>(
      (plus, x) => {
        const { a, b, shape, label } = matchProduct(made.get(x)!)!;
        return make.reshape(make.matmul(a, b, plus && make.reshape(plus, shape), label), node.shape);
      },
      first && made.get(first)!,
    );
    const rest = leaves.filter((x) => x !== first && !products.includes(x)).map((x) => made.get(x)!);
    return rest.reduce<Node>((sum, x) => make.pointwise("add", [sum, x]), chain!);
  };
  return rewrite(roots, rule, order);
}

function isAdd(node: Node): boolean {
  return node.kind === "pointwise" && node.op === "add";
}

function terms(node: Node, isInner: (node: Node) => boolean): Node[] {
  return node.kind === "pointwise" ? node.args.flatMap((x) => (isInner(x) ? terms(x, isInner) : [x])) : [node];
}

/** 0 outside loops, 1 for what depends on slices only, 2 for what depends on a state. */
function ranks(order: readonly Node[]): (node: Node) => number {
  const slices = new Set<Node>(order.flatMap((n) => (n.kind === "stack" || n.kind === "states" ? n.loop.slices.map((s) => s.param) : [])));
  return (node) => Math.max(0, ...[...freeParams(node)].map((p) => (slices.has(p) ? 1 : 2)));
}
