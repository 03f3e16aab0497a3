// Products in tiles: loops over blocks of both operands that stay in the caches, around tiles that stay in registers.
// The order of the loops is that of Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
import type { Product } from "../../../loops/product.ts";
import { type Code, type FunctionScope, type Local, call, countUp, get, i32, set } from "../../wasm/index.ts";
import type { KernelContext } from "../../codegen/kernelFunction.ts";
import { type Lanes, interleave } from "./interleave.ts";
import { type Tiled, tall, wide } from "../../plans/method.ts";
import type { Addresses, Multiplication } from "./multiplication.ts";
import { type Range, countOf, everything, split, unitsOf } from "./range.ts";
import { tile } from "./tile.ts";
import { elementOf } from "./vectors.ts";

/** Rows in a block: with 256 of k, 128 KiB of the second cache. */
const height = 128;
/** Columns in a block that is packed for several blocks of rows: with 256 of k, half a MiB. */
const breadth = 512;
/** Columns that are packed for a single block of rows: with 256 of k, 32 KiB of the first cache. */
const narrow = 32;

/** About 256 of k at a time: a panel and the rows of a tile stay in the first cache, and sums of sums err less than one long sum. */
function depthOf(k: number): number {
  return Math.max(1, Math.ceil(k / Math.max(1, Math.round(k / 256))));
}

export function blocks(context: KernelContext, product: Product, method: Tiled, accumulate: boolean): Multiplication {
  const sizes = sizesOf(product, method);
  const { rows, columns, cutRows, leftBytes, rightBytes } = sizes;
  return {
    units: countOf(cutRows ? rows : columns),
    workspace: leftBytes + rightBytes,
    code(scope, at, range) {
      const [down, across] = cutRows ? [range, everything(columns)] : [everything(rows), range];
      return nest(context, { product, method, accumulate, ...sizes }, scope, at, { down, across });
    },
  };
}

interface Plan extends ReturnType<typeof sizesOf> {
  readonly product: Product;
  readonly method: Tiled;
  readonly accumulate: boolean;
}

/** Units of `high` and `broad` are tiles and panels. */
function sizesOf({ m, n, k }: Product, { left, right }: Tiled) {
  const [rows, columns, depth] = [unitsOf(m, tall), unitsOf(n, wide), depthOf(k)];
  const high = Math.min(countOf(rows), height / tall);
  const isLow = high === countOf(rows);
  const broad = right === "panels" ? countOf(columns) : Math.min(countOf(columns), (isLow ? narrow : breadth) / wide);
  return {
    rows,
    columns,
    depth,
    high,
    broad,
    /** One block of rows is all. */
    isLow,
    rightBytes: right === "packed" ? 4 * depth * wide * broad : 0,
    leftBytes: left === "packed" ? 4 * depth * tall * high : 0,
    // Every thread that gets rows packs all of the right operand, where that is not done ahead.
    cutRows: m > n && (right === "panels" || m >= 2 * height),
  };
}

/** The loops: [i0, i1) are the tiles of a block, [j0, j1) its panels, and it has k1 of k from k0. */
function nest(
  context: KernelContext,
  plan: Plan,
  scope: FunctionScope,
  at: Addresses,
  { down, across }: { readonly [K in "down" | "across"]: Range },
): Code {
  const { product, method, rows, columns, depth, high, broad } = plan;
  const { a, b, out, k } = product;
  const { module, dtypes, workspace } = context;
  const [i0, i1, j0, j1, j] = [scope.local("i32"), scope.local("i32"), scope.local("i32"), scope.local("i32"), scope.local("i32")];
  const [k0, k1] = [scope.local("i32"), scope.local("i32")];
  const packed = { left: i32.add(workspace, i32.const(plan.rightBytes)), right: workspace };

  const leftAt = (i: Code): Code =>
    method.left === "packed"
      ? far(packed.left, i32.mul(i32.sub(i, get(i0)), get(k1)), tall)
      : far(far(get(at.a), get(k0), a.column), i, tall * a.row);
  const rightAt =
    method.right === "packed"
      ? far(packed.right, i32.mul(i32.sub(get(j), get(j0)), get(k1)), wide)
      : far(far(get(at.b), get(k0), wide), get(j), wide * k);
  const tiles = (height: number, width: number, i: Code, count: Code): Code =>
    call(
      tile(module, {
        rows: height,
        columns: width,
        a: method.left === "packed" ? { row: 1, step: tall, packed: true } : { row: a.row, step: a.column, packed: false },
        out: { row: out.row, column: out.column, element: elementOf(dtypes[out.view.slot]!) },
      }),
      leftAt(i),
      rightAt,
      far(far(get(at.out), i, tall * out.row), get(j), wide * out.column),
      count,
      get(k1),
      plan.accumulate ? i32.const(1) : get(k0),
    );
  const panel = (width: number): Code =>
    split(
      rows,
      { from: get(i0), to: get(i1) },
      ({ from, to }) => tiles(tall, width, from, i32.sub(to, from)),
      (i) => tiles(rows.rest, width, i, i32.const(1)),
    );
  const panels = split(
    columns,
    { from: get(j0), to: get(j1) },
    ({ from, to }) => countUp(j, from, to, 1, panel(wide)),
    (last) => [set(j, last), panel(columns.rest)],
  );

  const left: Lanes = { units: rows, lane: a.row, step: a.column, element: elementOf(dtypes[a.view.slot]!) };
  const right: Lanes = { units: columns, lane: b.column, step: b.row, element: elementOf(dtypes[b.view.slot]!) };
  const packLeft = (): Code =>
    interleave(module, left, { from: get(i0), to: get(i1) }, { from: far(get(at.a), get(k0), a.column), to: packed.left, k: get(k1) });
  const packRight = (): Code =>
    interleave(module, right, { from: get(j0), to: get(j1) }, { from: far(get(at.b), get(k0), b.row), to: packed.right, k: get(k1) });
  const lefts = method.left === "packed" ? packLeft() : [];
  const rights = method.right === "packed" ? packRight() : [];

  const overRows = (body: Code): Code => inBlocks(i0, i1, down, high, body);
  const overColumns = (body: Code): Code => inBlocks(j0, j1, across, broad, body);
  const overDepth = (body: Code): Code =>
    countUp(k0, i32.const(0), i32.const(Math.max(1, k)), depth, [set(k1, i32.min(i32.const(depth), i32.sub(i32.const(k), get(k0)))), body]);
  return plan.isLow
    ? overDepth(overRows([lefts, overColumns([rights, panels])]))
    : overColumns(overDepth([rights, overRows([lefts, panels])]));
}

/** `body` for [first, end) = each `size` units of a range in turn. */
function inBlocks(first: Local, end: Local, { from, to }: Range, size: number, body: Code): Code {
  return countUp(first, from, to, size, [set(end, i32.min(i32.add(get(first), i32.const(size)), to)), body]);
}

/** `index` steps of so many elements past an address. */
function far(address: Code, index: Code, elements: number): Code {
  return i32.add(address, i32.mul(index, i32.const(4 * elements)));
}
