// How a product is computed, decided from shapes, strides and dtypes.
import type { DType } from "@sluice/core";
import { type Operand, type Product, transposeProduct } from "../../loops/product.ts";

/** Rows one by one, with the right operand unpacked: in axpy form along its columns, or in dot form along k. Otherwise in tiles. */
export type Method = { readonly inner: "axpy" | "dot" } | Tiled;

/** The left operand is read unpacked, or packed block by block as the right one is, unless that was packed ahead as panels. */
export interface Tiled {
  readonly inner: "tile";
  readonly left: "unpacked" | "packed";
  readonly right: "packed" | "panels";
}

/** Rows and columns of a tile. */
export const tileRows = 4;
export const tileColumns = 8;

/** Most rows for the axpy form: 32 × 1600 × 512 at 34.5 GFLOP/s, packed and in tiles at 29.5 (Node 20, AVX-512 class x86-64). */
const maxAxpyRows = 32;

/** With `panels`, the right operand lies packed ahead. */
export function methodOf({ a, b, out, m, n }: Product, dtypes: readonly DType[], panels: boolean): Method {
  const areFloats = (...operands: readonly Operand[]): boolean => operands.every(({ view }) => dtypes[view.slot] === "f32");
  if (!panels) {
    const isLengthwise = b.row === 1 && a.column === 1;
    if (m < tileRows && isLengthwise && (b.column !== 1 || n < 4) && areFloats(a, b)) return { inner: "dot" };
    if (m <= maxAxpyRows && b.column === 1 && out.column === 1 && areFloats(a, b, out)) return { inner: "axpy" };
  }
  // Rows that each lie in pages of their own are packed: 1024³ in 57 ms, where they lie 63.
  const isFar = Math.abs(a.row) >= 1024 && m > 128 && n >= 256;
  const left = areFloats(a) && a.column === 1 && !isFar ? "unpacked" : "packed";
  return { inner: "tile", left, right: panels ? "panels" : "packed" };
}

/** The product or its transpose, whichever costs less. */
export function cheaperOrientation(product: Product, dtypes: readonly DType[]): Product {
  const transposed = transposeProduct(product);
  return productCycles(transposed, dtypes) < productCycles(product, dtypes) ? transposed : product;
}

/** Roughly the processor cycles of a product whose right operand is packed ahead for `uses` products, or is not. */
export function productCycles(product: Product, dtypes: readonly DType[], uses?: number): number {
  const { a, b, out, m, n, k } = product;
  const method = methodOf(product, dtypes, uses !== undefined);
  const stored = m * n * Math.ceil(k / 256) * (out.column === 1 ? 0.3 : 2);
  if (method.inner !== "tile") return (m * 4 * Math.ceil(n / 4) * k) / 5.5 + stored;
  const last = m % tileRows === 0 ? 0 : Math.max(4, (m % tileRows) * 1.3); // sums that are few wait for each other
  const computed = (Math.floor(m / tileRows) * 5.3 + last) * Math.ceil(n / tileColumns) * k;
  const left = method.left === "packed" ? m * k * (a.row === 1 ? 0.5 : 1) : 0;
  const right = (n * k * (b.column === 1 ? 0.5 : 1)) / (uses ?? 1);
  return computed + left + right + stored;
}
