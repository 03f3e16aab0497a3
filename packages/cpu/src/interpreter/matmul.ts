// matmul: both operands packed, then 4×4 tiles of float64 sums over the whole contraction, rounded once.
import type { DType, MatmulStep } from "@sluice/core";
import { type Launch, walker } from "@sluice/core/kit";
import type { Buffer } from "../memory/buffer.ts";
import { type Product, productOf, transposeProduct } from "../loops/product.ts";
import { resolveStarts } from "./grid.ts";
import type { Machine } from "./machine.ts";
import { lanes, pack } from "./pack.ts";
import { dot1x4, dot4x4 } from "./tile.ts";
import { read, write } from "./transfer.ts";

/**
 * Elements of the packed left operand, 2 MiB, that stay in the second cache while the right one passes by, four columns at a time.
 * 4×4 tiles of packed float64 do 4.7 GFLOP/s, 2×4 tiles 4.3, 4×4 read where they lie 4.0 (256³, Node 20, AVX-512 class x86-64).
 */
const maxPackedElements = 262144;

export function matmul(machine: Machine, step: MatmulStep, dtypes: readonly DType[]): Launch<Buffer> {
  const product = withoutSingleColumn(productOf(step));
  const { a, b, out, m, n, k, batch } = product;
  const rows = packedRows(product);
  machine.reserve(rows * k, lanes * k);
  const { memory, packs } = machine;
  const [typeA, typeB, typeOut] = [dtypes[a.view.slot]!, dtypes[b.view.slot]!, dtypes[out.view.slot]!];
  const layouts = {
    left: { lane: a.row, step: a.column },
    right: { lane: b.column, step: b.row },
    out: { row: out.row, step: out.column },
  };
  const sums = new Float64Array(lanes * lanes);

  const tile = (at: number, height: number, width: number, left: number): void => {
    if (step.accumulate) read(memory, typeOut, at, layouts.out, height, width, sums, lanes);
    else sums.fill(0);
    if (height === 1) dot1x4(packs.a, left, packs.b, k, sums);
    else dot4x4(packs.a, left, packs.b, k, sums);
    write(memory, typeOut, at, layouts.out, height, width, sums, lanes);
  };
  const multiply = (at: readonly number[]): void => {
    for (let i = 0; i < m; i += rows) {
      const high = Math.min(rows, m - i);
      pack(memory, typeA, at[0]! + i * a.row, layouts.left, high, k, packs.a);
      for (let j = 0; j < n; j += lanes) {
        const width = Math.min(lanes, n - j);
        pack(memory, typeB, at[1]! + j * b.column, layouts.right, width, k, packs.b);
        const corner = at[2]! + i * out.row + j * out.column;
        for (let r = 0; r < high; r += lanes) tile(corner + r * out.row, Math.min(lanes, high - r), width, r * k);
      }
    }
  };

  const walk = walker(batch, [a.batch, b.batch, out.batch]);
  const views = [a.view, b.view, out.view];
  const from = [0, 0, 0];
  return (slots, t) => walk(resolveStarts(views, slots, t, from), multiply);
}

/** Tiles of a single row are cheap, those of a single column are not. */
function withoutSingleColumn(product: Product): Product {
  return product.n === 1 && product.m > 1 ? transposeProduct(product) : product;
}

/** Rows of the left operand to pack at a time: whole tiles, as many as stay resident. */
function packedRows({ m, k }: Product): number {
  const up = (rows: number): number => Math.ceil(rows / lanes) * lanes;
  return Math.max(lanes, Math.min(up(m), up(maxPackedElements / Math.max(1, k))));
}
