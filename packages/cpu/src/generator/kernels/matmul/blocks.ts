// Products in tiles: loops over blocks of both operands that stay in the caches, around tiles that stay in registers.
// The order of the loops is that of Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008).
import type { Product } from "../../../loops/product.ts";
import { type Code, type FunctionScope, type Local, call, countUp, get, i32, set } from "../../wasm/index.ts";
import type { KernelContext } from "../../codegen/kernelFunction.ts";
import { type LaneLayout, packLanes } from "./packLanes.ts";
import { type Tiled, tileColumns, tileRows } from "../../plans/method.ts";
import type { Addresses, Multiplication } from "./multiplication.ts";
import { type Range, countOf, everything, split, unitsOf } from "./range.ts";
import { tile } from "./tile.ts";
import { elementOf } from "./vectors.ts";

/** Rows in a block: with 256 of k, 128 KiB of the second cache. */
const blockRows = 128;
/** Columns in a block that is packed for several blocks of rows: with 256 of k, half a MiB. */
const blockColumns = 512;
/** Columns that are packed for a single block of rows: with 256 of k, 32 KiB of the first cache. */
const narrowBlockColumns = 32;

/** About 256 of k at a time: a panel and the rows of a tile stay in the first cache, and sums of sums err less than one long sum. */
function blockDepth(k: number): number {
  return Math.max(1, Math.ceil(k / Math.max(1, Math.round(k / 256))));
}

export function blocks(context: KernelContext, product: Product, method: Tiled, accumulate: boolean): Multiplication {
  const sizes = sizesOf(product, method);
  const { rows, columns, cutRows, leftBytes, rightBytes } = sizes;
  return {
    units: countOf(cutRows ? rows : columns),
    workspaceBytes: leftBytes + rightBytes,
    code(scope, at, range) {
      const [down, across] = cutRows ? [range, everything(columns)] : [everything(rows), range];
      return gotoLoops(context, { product, method, accumulate, ...sizes }, scope, at, { down, across });
    },
  };
}

interface Plan extends ReturnType<typeof sizesOf> {
  readonly product: Product;
  readonly method: Tiled;
  readonly accumulate: boolean;
}

/** A block has `blockTiles` tiles of rows and `blockPanels` panels of columns. */
function sizesOf({ m, n, k }: Product, { left, right }: Tiled) {
  const [rows, columns, depth] = [unitsOf(m, tileRows), unitsOf(n, tileColumns), blockDepth(k)];
  const blockTiles = Math.min(countOf(rows), blockRows / tileRows);
  const isOneRowBlock = blockTiles === countOf(rows);
  const blockPanels =
    right === "panels" ? countOf(columns) : Math.min(countOf(columns), (isOneRowBlock ? narrowBlockColumns : blockColumns) / tileColumns);
  return {
    rows,
    columns,
    depth,
    blockTiles,
    blockPanels,
    /** One block of rows is all. */
    isOneRowBlock: isOneRowBlock,
    rightBytes: right === "packed" ? 4 * depth * tileColumns * blockPanels : 0,
    leftBytes: left === "packed" ? 4 * depth * tileRows * blockTiles : 0,
    // Every thread that gets rows packs all of the right operand, where that is not done ahead.
    cutRows: m > n && (right === "panels" || m >= 2 * blockRows),
  };
}

/** The loops: [i0, i1) are the tiles of a block, [j0, j1) its panels, and it has k1 of k from k0. */
function gotoLoops(
  context: KernelContext,
  plan: Plan,
  scope: FunctionScope,
  at: Addresses,
  { down, across }: { readonly [K in "down" | "across"]: Range },
): Code {
  const { product, method, rows, columns, depth, blockTiles, blockPanels } = plan;
  const { a, b, out, k } = product;
  const { module, dtypes, workspace } = context;
  const [i0, i1, j0, j1, j] = [scope.local("i32"), scope.local("i32"), scope.local("i32"), scope.local("i32"), scope.local("i32")];
  const [k0, k1] = [scope.local("i32"), scope.local("i32")];
  const packed = { left: i32.add(workspace, i32.const(plan.rightBytes)), right: workspace };

  const leftAt = (i: Code): Code =>
    method.left === "packed"
      ? advanceBy(packed.left, i32.mul(i32.sub(i, get(i0)), get(k1)), tileRows)
      : advanceBy(advanceBy(get(at.a), get(k0), a.column), i, tileRows * a.row);
  const rightAt =
    method.right === "packed"
      ? advanceBy(packed.right, i32.mul(i32.sub(get(j), get(j0)), get(k1)), tileColumns)
      : advanceBy(advanceBy(get(at.b), get(k0), tileColumns), get(j), tileColumns * k);
  const tiles = (height: number, width: number, i: Code, count: Code): Code =>
    call(
      tile(module, {
        rows: height,
        columns: width,
        a: method.left === "packed" ? { row: 1, step: tileRows, packed: true } : { row: a.row, step: a.column, packed: false },
        out: { row: out.row, column: out.column, element: elementOf(dtypes[out.view.slot]!) },
      }),
      leftAt(i),
      rightAt,
      advanceBy(advanceBy(get(at.out), i, tileRows * out.row), get(j), tileColumns * out.column),
      count,
      get(k1),
      plan.accumulate ? i32.const(1) : get(k0),
    );
  const panel = (width: number): Code =>
    split(
      rows,
      { from: get(i0), to: get(i1) },
      ({ from, to }) => tiles(tileRows, width, from, i32.sub(to, from)),
      (i) => tiles(rows.rest, width, i, i32.const(1)),
    );
  const panels = split(
    columns,
    { from: get(j0), to: get(j1) },
    ({ from, to }) => countUp(j, from, to, 1, panel(tileColumns)),
    (last) => [set(j, last), panel(columns.rest)],
  );

  const left: LaneLayout = { units: rows, lane: a.row, step: a.column, element: elementOf(dtypes[a.view.slot]!) };
  const right: LaneLayout = { units: columns, lane: b.column, step: b.row, element: elementOf(dtypes[b.view.slot]!) };
  const packLeft = (): Code =>
    packLanes(module, left, { from: get(i0), to: get(i1) }, { from: advanceBy(get(at.a), get(k0), a.column), to: packed.left, k: get(k1) });
  const packRight = (): Code =>
    packLanes(module, right, { from: get(j0), to: get(j1) }, { from: advanceBy(get(at.b), get(k0), b.row), to: packed.right, k: get(k1) });
  const lefts = method.left === "packed" ? packLeft() : [];
  const rights = method.right === "packed" ? packRight() : [];

  const overRows = (body: Code): Code => inBlocks(i0, i1, down, blockTiles, body);
  const overColumns = (body: Code): Code => inBlocks(j0, j1, across, blockPanels, body);
  const overDepth = (body: Code): Code =>
    countUp(k0, i32.const(0), i32.const(Math.max(1, k)), depth, [set(k1, i32.min(i32.const(depth), i32.sub(i32.const(k), get(k0)))), body]);
  return plan.isOneRowBlock
    ? overDepth(overRows([lefts, overColumns([rights, panels])]))
    : overColumns(overDepth([rights, overRows([lefts, panels])]));
}

/** `body` for [first, end) = each `size` units of a range in turn. */
function inBlocks(first: Local, end: Local, { from, to }: Range, size: number, body: Code): Code {
  return countUp(first, from, to, size, [set(end, i32.min(i32.add(get(first), i32.const(size)), to)), body]);
}

/** `index` steps of so many elements past an address. */
function advanceBy(address: Code, index: Code, elements: number): Code {
  return i32.add(address, i32.mul(index, i32.const(4 * elements)));
}
