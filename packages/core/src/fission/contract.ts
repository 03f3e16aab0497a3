// A sum of products over steps is one longer product: dW = Σ_t h_tᵀ·dz_t becomes Hᵀ·dZ.
import * as make from "../graph/make.ts";
import type { Matmul, Node, Reduce } from "../graph/node.ts";
import { postorder } from "../graph/order.ts";
import { rewrite } from "../graph/rewrite.ts";
import { permutation } from "../graph/window.ts";
import { sizeOf } from "../shape.ts";

export function contract(roots: readonly Node[]): Node[] {
  const order = postorder(roots);
  const rule = (node: Node): Node => (node.kind === "reduce" && node.combine === "sum" ? (contractSum(node) ?? node) : node);
  return order.some((node) => node.kind === "reduce" && node.combine === "sum") ? rewrite(roots, rule, order) : [...roots];
}

function contractSum({ x, folded }: Reduce): Node | undefined {
  const product = x.kind === "view" ? x.x : x;
  if (product.kind !== "matmul") return undefined;
  const order = x.kind === "view" ? permutation(x.window, product.shape) : product.shape.map((_, axis) => axis);
  if (order === undefined) return undefined;
  const kept = order.slice(0, order.length - folded),
    summed = order.slice(kept.length),
    rows = product.shape.length - 2;
  if (summed.some((axis) => axis >= rows)) return undefined;
  const batch = kept.filter((axis) => axis < rows).sort((a, b) => a - b);
  const whole = make.transpose(
    longerProduct(product, batch, summed),
    kept.map((axis) => (axis < rows ? batch.indexOf(axis) : batch.length + axis - rows)),
  );
  if (product.plus === undefined) return whole;
  // Σ (a·b + c) = Σ a·b + Σ c
  const rest = make.reduce("sum", make.transpose(product.plus, order), folded);
  return make.pointwise("add", [whole, rest.kind === "reduce" ? (contractSum(rest) ?? rest) : rest]);
}

/** Σ over the `summed` batch axes, [batch…, m, n]: they join the inner axis of both factors. */
function longerProduct({ a, b, shape, label }: Matmul, batch: readonly number[], summed: readonly number[]): Node {
  const m = shape.length - 2,
    n = m + 1,
    lead = batch.map((axis) => shape[axis]!),
    inner = sizeOf(summed.map((axis) => shape[axis]!)) * a.shape.at(-1)!;
  // Where what joins does not lie evenly, as in sliding windows, it is copied: in the order in which it lies.
  const isTurned = a.kind === "view" && Math.abs(a.window.strides[m]!) < Math.abs(a.window.strides[n]!);
  const left = isTurned
    ? make.swap(make.reshape(make.transpose(a, [...batch, ...summed, n, m]), [...lead, inner, shape[m]!]))
    : make.reshape(make.transpose(a, [...batch, m, ...summed, n]), [...lead, shape[m]!, inner]);
  const right = make.reshape(make.transpose(b, [...batch, ...summed, m, n]), [...lead, inner, shape[n]!]);
  return make.matmul(left, right, undefined, label);
}
