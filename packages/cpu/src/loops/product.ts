// A matmul step as the product it really is: batches that are only more rows, or more columns, joined to them.
import type { MatmulStep, View } from "@sluice/core";

/** One operand: how far apart its rows, columns and batches lie. */
export interface Operand {
  readonly view: View;
  readonly row: number;
  readonly column: number;
  readonly batch: readonly number[];
}

/** out[…, m, n] (+)= Σ a[…, m, k]·b[…, k, n] */
export interface Product {
  readonly a: Operand;
  readonly b: Operand;
  readonly out: Operand;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Sizes of the batch axes that are left. */
  readonly batch: readonly number[];
}

/** The same product with as few batch axes as joining leaves. */
export function productOf({ a, b, out }: MatmulStep): Product {
  const rank = out.shape.length;
  const axes = out.shape.flatMap((size, axis) => (axis < rank - 2 && size !== 1 ? [axis] : []));
  const operand = (view: View): Operand => ({
    view,
    row: view.strides.at(-2)!,
    column: view.strides.at(-1)!,
    batch: axes.map((axis) => view.strides[axis]!),
  });
  const whole = {
    a: operand(a),
    b: operand(b),
    out: operand(out),
    m: out.shape.at(-2)!,
    n: out.shape.at(-1)!,
    k: a.shape.at(-1)!,
    batch: axes.map((axis) => out.shape[axis]!),
  };
  return transposeProduct(foldBatchIntoRows(transposeProduct(foldBatchIntoRows(whole))));
}

/** Makes the innermost batch axes more rows, as long as the right operand is the same for all and rows go on evenly. */
function foldBatchIntoRows(given: Product): Product {
  const product = swapBatchAndRows(given);
  const { a, b, out, m, batch } = product;
  const size = batch.at(-1);
  const even = ({ row, batch }: Operand): boolean => m === 1 || batch.at(-1) === m * row;
  if (size === undefined || b.batch.at(-1) !== 0 || !even(a) || !even(out)) return product;
  const longer = (operand: Operand): Operand => ({
    ...operand,
    row: m === 1 ? operand.batch.at(-1)! : operand.row,
    batch: operand.batch.slice(0, -1),
  });
  return foldBatchIntoRows({
    ...product,
    a: longer(a),
    b: { ...b, batch: b.batch.slice(0, -1) },
    out: longer(out),
    m: m * size,
    batch: batch.slice(0, -1),
  });
}

/** Swaps rows and the innermost batch axis where the left operand then has its rows nearer to each other. */
function swapBatchAndRows(product: Product): Product {
  const { a, b, out, m, batch } = product;
  const size = batch.at(-1);
  if (size === undefined || m === 1 || b.batch.at(-1) !== 0 || Math.abs(a.row) <= Math.abs(a.batch.at(-1)!)) return product;
  const swap = (operand: Operand): Operand => ({
    ...operand,
    row: operand.batch.at(-1)!,
    batch: [...operand.batch.slice(0, -1), operand.row],
  });
  return { ...product, a: swap(a), out: swap(out), m: size, batch: [...batch.slice(0, -1), m] };
}

/** The transposed product: outᵀ = bᵀ·aᵀ. */
export function transposeProduct({ a, b, out, m, n, k, batch }: Product): Product {
  const flip = (operand: Operand): Operand => ({ ...operand, row: operand.column, column: operand.row });
  return { a: flip(b), b: flip(a), out: flip(out), m: n, n: m, k, batch };
}
