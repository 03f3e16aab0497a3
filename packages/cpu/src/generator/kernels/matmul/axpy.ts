// A product of few rows in axpy form: the right operand passes by once, eight of its rows at a time, and is added onto the result.
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
  loop,
  repeat,
  set,
  v128,
} from "../../wasm/index.ts";
import { laneOffsets, loadLanes, lowestOffset, storeLanes } from "./vectors.ts";

/** Distances in elements. Columns are neighbours in the right operand and in the result; everything is f32. */
export interface Axpy {
  /** Columns at a time, up to 4. */
  readonly columns: number;
  readonly k: number;
  /** From row to row, and from one k to the next. */
  readonly a: { readonly row: number; readonly step: number };
  /** From one k to the next. */
  readonly b: number;
  /** From row to row. */
  readonly out: number;
  readonly accumulate: boolean;
}

/**
 * How many k at a time. A row of 128 → 512 then runs at 70 GB/s from the second cache, of the 80 that multiplying and adding can take in;
 * with four at 62; down the columns, 1 × 32 at a time, at 52 (Node 20, AVX-512 class x86-64).
 */
const unrollK = 8;

/** out[i, j] (+)= Σ a[i, k]·b[k, j]. Parameters: the addresses of a, b and out; how many rows, and how many times `columns`, neither 0. */
export function axpy(module: Module, shape: Axpy): Callable {
  return module.once(`axpy ${JSON.stringify(shape)}`, () =>
    module.function({ params: ["i32", "i32", "i32", "i32", "i32"] }, ({ params: [a, b, out, rows, units], local }) => {
      const [p, q, left] = [local("i32"), local("i32"), local("i32")];
      const [line, to, row, unit] = [local("i32"), local("i32"), local("i32"), local("i32")];
      const [even, odd, zero] = [local("v128"), local("v128"), local("v128")];
      const xs = Array.from({ length: Math.min(unrollK, shape.k) }, () => local("v128"));
      const offsets = laneOffsets(0, 4, shape.columns)[0]!;
      const [down, along] = [4 * shape.b, 4 * shape.a.step];

      const times = (count: Local, of: Local, body: Code): Code => [set(count, get(of)), loop([body, brIf(0, countDown(count))])];
      /** `body` at every place of the result, `start` at the beginning of each row. */
      const everywhere = (start: Code, body: Code): Code => [
        set(line, get(out)),
        times(row, rows, [set(to, get(line)), start, times(unit, units, [body, bump(to, 4 * shape.columns)]), bump(line, 4 * shape.out)]),
      ];
      const pass = (depth: number): Code => {
        const [lowA, lowB] = [lowestOffset([(depth - 1) * along]), lowestOffset([(depth - 1) * down])];
        const term = (k: number): Code => {
          const column = offsets.map((place) => place + k * down - lowB);
          return f32x4.mul(get(xs[k]!), loadLanes(q, column, "f32"));
        };
        const terms = xs.slice(0, depth).map((_, k) => term(k));
        return [
          set(p, get(a)),
          bump(p, lowA),
          everywhere(
            [
              xs.slice(0, depth).map((x, k) => set(x, v128.loadSplat(get(p), k * along - lowA))),
              bump(p, 4 * shape.a.row),
              set(q, get(b)),
              bump(q, lowB),
            ],
            [
              // Two sums, so that one addition need not wait for the other.
              terms.map((value, k) => {
                const sum = k % 2 === 0 ? even : odd;
                return set(sum, k < 2 ? value : f32x4.add(get(sum), value));
              }),
              depth === 1 ? [] : set(even, f32x4.add(get(even), get(odd))),
              set(even, f32x4.add(loadLanes(to, offsets, "f32"), get(even))),
              storeLanes(to, offsets, "f32", even),
              bump(q, 4 * shape.columns),
            ],
          ),
          bump(a, depth * along),
          bump(b, depth * down),
        ];
      };
      return [
        shape.accumulate ? [] : everywhere([], storeLanes(to, offsets, "f32", zero)),
        repeat(left, Math.floor(shape.k / unrollK), pass(unrollK)),
        shape.k % unrollK === 0 ? [] : pass(shape.k % unrollK),
      ];
    }),
  );
}
