// Products of few rows: the right operand is read where it lies.
import type { Product } from "../../../loops/product.ts";
import { type Code, call, countUp, get, i32, set } from "../../wasm/index.ts";
import type { KernelContext } from "../../codegen/kernelFunction.ts";
import { dot } from "./dot.ts";
import type { Multiplication } from "./multiplication.ts";
import { countOf, everything, split, unitsOf } from "./range.ts";
import { axpy } from "./axpy.ts";
import { elementOf } from "./vectors.ts";

/** Bytes of the result that rows of the right operand are added to at a time: they stay in the second cache. */
const maxResultBytes = 2 ** 17;
/**
 * Rows from which threads cut rows, not columns: each then reads whole rows of the right operand, as the processor fetches them ahead.
 * 32 × 1600 × 512 on two threads is 1.9 times as fast as on one, with the columns cut as fast as on one (Node 20, AVX-512 class x86-64).
 */
const minRowsToSplit = 16;

/** Along the columns of the right operand. */
export function axpyRows({ module }: KernelContext, { a, b, out, m, n, k }: Product, accumulate: boolean): Multiplication {
  const units = unitsOf(n, 4);
  const unitsAtOnce = Math.max(1, Math.floor(maxResultBytes / (4 * units.unit * m)));
  const shape = { k, a: { row: a.row, step: a.column }, b: b.row, out: out.row, accumulate };
  const cutRows = m >= minRowsToSplit;
  return {
    units: cutRows ? m : countOf(units),
    workspaceBytes: 0,
    code(scope, at, range) {
      const j = scope.local("i32");
      const [down, across] = cutRows ? [range, everything(units)] : [{ from: i32.const(0), to: i32.const(m) }, range];
      const past = (address: Code, row: number): Code => (cutRows ? i32.add(address, i32.mul(down.from, i32.const(4 * row))) : address);
      const columns = (count: number, first: Code, times: Code): Code => {
        const far = i32.mul(first, i32.const(4 * units.unit));
        return call(
          axpy(module, { ...shape, columns: count }),
          past(get(at.a), a.row),
          i32.add(get(at.b), far),
          i32.add(past(get(at.out), out.row), far),
          i32.sub(down.to, down.from),
          times,
        );
      };
      return split(
        units,
        across,
        ({ from, to }) =>
          countUp(j, from, to, unitsAtOnce, columns(units.unit, get(j), i32.min(i32.const(unitsAtOnce), i32.sub(to, get(j))))),
        (last) => columns(units.rest, last, i32.const(1)),
      );
    },
  };
}

/** Along k, eight columns at a time; sums of at most this many products each. */
const maxDotDepth = 1024;

/** Along the rows of the right operand. */
export function dotRows({ module, dtypes }: KernelContext, { a, b, out, m, n, k }: Product, accumulate: boolean): Multiplication {
  const units = unitsOf(n, 8);
  const grid = { row: out.row, column: out.column, element: elementOf(dtypes[out.view.slot]!) };
  const shape = { a: a.row, b: b.column, out: grid, rest: k % 4 };
  return {
    units: countOf(units),
    workspaceBytes: 0,
    code(scope, at, range) {
      const [k0, count, j] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
      const past = (address: Code, elements: number): Code => i32.add(address, i32.mul(get(j), i32.const(4 * units.unit * elements)));
      const along = (address: Code): Code => i32.add(address, i32.mul(get(k0), i32.const(4)));
      const columns = (width: number): Code =>
        call(
          dot(module, { ...shape, columns: width }),
          along(get(at.a)),
          past(along(get(at.b)), b.column),
          past(get(at.out), out.column),
          i32.const(m),
          get(count),
          accumulate ? i32.const(1) : get(k0),
        );
      return countUp(k0, i32.const(0), i32.const(Math.max(1, k)), maxDotDepth, [
        set(count, i32.min(i32.const(maxDotDepth), i32.sub(i32.const(k), get(k0)))),
        split(
          units,
          range,
          ({ from, to }) => countUp(j, from, to, 1, columns(units.unit)),
          (last) => [set(j, last), columns(units.rest)],
        ),
      ]);
    },
  };
}
