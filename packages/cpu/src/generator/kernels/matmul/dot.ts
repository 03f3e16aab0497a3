// A product of few rows in dot form, whose right operand has each column in one piece: four k at a time, and every weight is read once for all rows.
import {
  type Callable,
  type Code,
  type Local,
  type Module,
  brIf,
  bump,
  countDown,
  f32x4,
  get,
  i32,
  ifElse,
  loop,
  set,
  tee,
  v128,
} from "../../wasm/index.ts";
import { type ResultLayout, storeTile } from "./storeTile.ts";
import { laneOffsets, loadLanes, lowestOffset } from "./vectors.ts";

/** Distances in elements; along k both operands are contiguous. */
export interface Dot {
  /** Columns at a time, up to 8: as many sums as need not wait for each other. */
  readonly columns: number;
  /** From row to row. */
  readonly a: number;
  /** From column to column. */
  readonly b: number;
  readonly out: ResultLayout;
  /** What k leaves over by fours. */
  readonly rest: number;
}

/**
 * out[i, j] (+)= Σ a[i, k]·b[k, j]. Parameters: the addresses of a, b and out; how many rows, not 0; k, a multiple of 4 unless `rest` is left
 * over; and whether to accumulate.
 */
export function dot(module: Module, shape: Dot): Callable {
  return module.once(`dot ${JSON.stringify(shape)}`, () =>
    module.function({ params: ["i32", "i32", "i32", "i32", "i32", "i32"] }, ({ params: [a, b, out, rows, k, accumulate], local }) => {
      const { columns, rest } = shape;
      const [p, q, left, x] = [local("i32"), local("i32"), local("i32"), local("v128")];
      const sums = Array.from({ length: 4 * Math.ceil(columns / 4) }, () => local("v128"));
      const across = Array.from({ length: columns }, (_, j) => 4 * j * shape.b);
      const low = lowestOffset(across);
      const joined = laneOffsets(0, 1, sums.length).map((four) => sums[four[0]!]!);
      const { lift, code } = storeTile(shape.out, [joined], columns, { out, accumulate });

      const products = (count: number): Code => [
        set(x, loadLanes(p, laneOffsets(0, 4, count)[0]!, "f32")),
        across.map((place, j) =>
          set(sums[j]!, f32x4.add(get(sums[j]!), f32x4.mul(get(x), loadLanes(q, laneOffsets(place - low, 4, count)[0]!, "f32")))),
        ),
      ];
      return [
        bump(b, low),
        lift,
        loop([
          set(p, get(a)),
          set(q, get(b)),
          sums.map((sum) => set(sum, f32x4.constant(0))),
          ifElse(tee(left, i32.shr(get(k), i32.const(2))), loop([products(4), bump(p, 16), bump(q, 16), brIf(0, countDown(left))])),
          rest === 0 ? [] : ifElse(i32.and(get(k), i32.const(3)), products(rest)),
          joined.map((_, v) => total(sums.slice(4 * v, 4 * v + 4))),
          code,
          bump(a, 4 * shape.a),
          bump(out, 4 * shape.out.row),
          brIf(0, countDown(rows)),
        ]),
      ];
    }),
  );
}

/** The first of four vectors becomes the sums of the lanes of each. */
function total(vectors: readonly Local[]): Code {
  const [s0, s1, s2, s3] = vectors as [Local, Local, Local, Local];
  const sumLanes = (x: Local, y: Local, low: readonly number[], high: readonly number[]): Code =>
    set(x, f32x4.add(lanes(x, y, low), lanes(x, y, high)));
  return [
    sumLanes(s0, s1, [0, 4, 1, 5], [2, 6, 3, 7]),
    sumLanes(s2, s3, [0, 4, 1, 5], [2, 6, 3, 7]),
    sumLanes(s0, s2, [0, 1, 4, 5], [2, 3, 6, 7]),
  ];
}

/** Lanes of x (0–3) and y (4–7). */
function lanes(x: Local, y: Local, four: readonly number[]): Code {
  return v128.shuffle(
    get(x),
    get(y),
    four.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
  );
}
