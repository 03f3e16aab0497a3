// The innermost part of a product: the sums of a few rows and columns stay in registers over a block of the contraction.
import {
  type Callable,
  type Code,
  type Module,
  brIf,
  bump,
  countDown,
  f32x4,
  get,
  ifElse,
  loop,
  set,
  tee,
  v128,
} from "../../wasm/index.ts";
import { type ResultLayout, storeTile } from "./storeTile.ts";
import { lowestOffset } from "./vectors.ts";
import { tileColumns } from "../../plans/method.ts";

export interface Tile {
  readonly rows: number;
  /** Columns to store, of the eight that the packed right operand has. */
  readonly columns: number;
  /** In elements: from row to row, and from one k to the next. `packed`: the next tile begins where one ends. */
  readonly a: { readonly row: number; readonly step: number; readonly packed: boolean };
  readonly out: ResultLayout;
}

/**
 * out[i, j] (+)= Σ a[i, k]·b[k, j], in f32, k ascending. Parameters: the addresses of a, b [k, 8] and out; how many tiles below each other,
 * not 0; k; and whether to accumulate.
 *
 * Four rows keep eight sums, two vectors of b and one of a in the sixteen registers of x86-64. Larger tiles spill.
 */
export function tile(module: Module, shape: Tile): Callable {
  return module.once(`tile ${JSON.stringify(shape)}`, () =>
    module.function({ params: ["i32", "i32", "i32", "i32", "i32", "i32"] }, ({ params: [a, b, out, tiles, k, accumulate], local }) => {
      const { rows, columns } = shape;
      const [p, q, left, x] = [local("i32"), local("i32"), local("i32"), local("v128")];
      const right = Array.from({ length: tileColumns / 4 }, () => local("v128"));
      const sums = Array.from({ length: rows }, () => right.map(() => local("v128")));
      const low = lowestOffset([4 * (rows - 1) * shape.a.row]);
      const { lift, code } = storeTile(shape.out, sums, columns, { out, accumulate });

      const products: Code = [
        right.map((vector, v) => set(vector, v128.load(get(q), 16 * v))),
        sums.map((row, i) => [
          set(x, v128.loadSplat(get(p), 4 * i * shape.a.row - low)),
          row.map((sum, v) => set(sum, f32x4.add(get(sum), f32x4.mul(get(x), get(right[v]!))))),
        ]),
        bump(p, 4 * shape.a.step),
        bump(q, 4 * tileColumns),
      ];
      return [
        bump(a, low),
        lift,
        loop([
          set(p, get(a)),
          set(q, get(b)),
          sums.flat().map((sum) => set(sum, f32x4.constant(0))),
          ifElse(tee(left, get(k)), loop([products, brIf(0, countDown(left))])),
          code,
          shape.a.packed ? set(a, get(p)) : bump(a, 4 * rows * shape.a.row),
          bump(out, 4 * rows * shape.out.row),
          brIf(0, countDown(tiles)),
        ]),
      ];
    }),
  );
}
