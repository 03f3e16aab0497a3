// Right operands packed ahead: every eight columns side by side, the last ones filled up with zeros.
import type { View } from "@sluice/core";
import type { Product } from "../../loops/product.ts";
import { tileColumns } from "./method.ts";

/** What is packed: a [k, n] matrix, or one for every index of `batch`. Distances in elements. */
export interface RightOperand {
  /** Where it lies; its advance has an entry for every scan around the packing. */
  readonly view: Pick<View, "slot" | "offset" | "advance">;
  readonly k: number;
  readonly n: number;
  readonly row: number;
  readonly column: number;
  readonly batch: readonly { readonly size: number; readonly stride: number }[];
}

/** The right operand of a product, as it is inside `scans` scans. Matrices that a batch uses again are there once. */
export function rightOperandOf({ b, k, n, batch }: Product, scans: number): RightOperand {
  const { slot, offset, advance } = b.view;
  const axes = batch.map((size, axis) => ({ size, stride: b.batch[axis]! }));
  return {
    view: { slot, offset, advance: advance.slice(0, scans) },
    k,
    n,
    row: b.row,
    column: b.column,
    batch: axes.filter(({ stride }) => stride !== 0),
  };
}

/** Bytes of one packed matrix: [panel, k, 8] of float32. */
export function matrixBytes({ k, n }: Pick<RightOperand, "k" | "n">): number {
  return 4 * tileColumns * k * Math.ceil(n / tileColumns);
}

/** Bytes of all of them, one after the other. */
export function panelBytes(right: RightOperand): number {
  return right.batch.reduce((bytes, { size }) => bytes * size, matrixBytes(right));
}

/** How far the packed matrices lie apart along each batch axis of the product, in bytes. */
export function panelStrides(product: Product): number[] {
  const strides = product.batch.map(() => 0);
  let bytes = matrixBytes(product);
  for (let axis = strides.length - 1; axis >= 0; axis--) {
    if (product.b.batch[axis] === 0) continue;
    strides[axis] = bytes;
    bytes *= product.batch[axis]!;
  }
  return strides;
}
