// Sums of products are kept together, x·W + h·U before + b: they become one accumulating product, and its result is what backward passes store.
import * as make from "./make.ts";
import type { Node } from "./node.ts";

const known = new WeakMap<Node, boolean>();

/** A product, columns of one, or a sum of such. */
export function isSumOfProducts(node: Node): boolean {
  const before = known.get(node);
  if (before !== undefined) return before;
  const is = node.kind === "matmul" || isSlicedProduct(node) || (isAdd(node) && node.args.every(isSumOfProducts));
  known.set(node, is);
  return is;
}

/** Columns of a wider product, such as a gate's; nothing repeated. */
export function isSlicedProduct(node: Node): boolean {
  return node.kind === "view" && node.x.kind === "matmul" && node.window.strides.every((s, axis) => s !== 0 || node.shape[axis] === 1);
}

/** x + y, with the products of both sides added before everything else. */
export function addProductsFirst(x: Node, y: Node, label?: string): Node {
  const [xProducts, xRest] = parts(x),
    [yProducts, yRest] = parts(y);
  const add = (a: Node | undefined, b: Node | undefined): Node | undefined =>
    a === undefined ? b : b === undefined ? a : make.pointwise("add", [a, b], label);
  if (xRest !== undefined && yProducts === undefined) return add(x, y)!;
  return add(add(xProducts, yProducts), add(xRest, yRest))!;
}

/** What of a sum is products, and what is not. */
function parts(node: Node): readonly [products: Node | undefined, rest: Node | undefined] {
  if (isSumOfProducts(node)) return [node, undefined];
  if (isAdd(node) && isSumOfProducts(node.args[0]!)) return [node.args[0], node.args[1]];
  return [undefined, node];
}

function isAdd(node: Node): node is Extract<Node, { kind: "pointwise" }> {
  return node.kind === "pointwise" && node.op === "add";
}
