// Products under another shape, or transposed, as products.
import type { Shape } from "../backend.ts";
import * as make from "../graph/make.ts";
import type { Matmul, Node, Window } from "../graph/node.ts";
import { dense, isReshape, permutation } from "../graph/window.ts";

/** A product without addend: a [batch…, m, k] · b [batch…, k, n], of `shape`, which has the elements of what it stands for in their order. */
export type Product = Pick<Matmul, "a" | "b" | "shape" | "label">;

/**
 * The product whose elements `node` has: itself, or what it is a view or a place of, in order or with the last two axes swapped,
 * (a·b)ᵀ = bᵀ·aᵀ. Undefined where it is none, or where one of the nodes on the way is not `isOwn`.
 */
export function matchProduct(node: Node, isOwn: (node: Node) => boolean = () => true): Product | undefined {
  if (!isOwn(node)) return undefined;
  const { x, window, shape } = unwrapView(node);
  if (x.kind !== "matmul" || x.plus !== undefined || !isOwn(x)) return undefined;
  if (isReshape(window, shape)) return x;
  const last = x.shape.length - 1,
    order = permutation(window, shape);
  return order?.every((axis, k) => axis === (k < last - 1 ? k : 2 * last - 1 - k)) === true ? swapped(x) : undefined;
}

/** What a node shows or holds, and through which window on what shape. */
function unwrapView(node: Node): { readonly x: Node; readonly window: Window; readonly shape: Shape } {
  if (node.kind === "view") return { x: node.x, window: node.window, shape: node.x.shape };
  if (node.kind === "place" && node.pieces.length === 1) return { ...node.pieces[0]!, shape: node.shape };
  return { x: node, window: dense(node.shape), shape: node.shape };
}

function swapped({ a, b, shape, label }: Matmul): Product {
  return { a: make.swap(b), b: make.swap(a), shape: [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!], label };
}
