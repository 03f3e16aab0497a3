// How a kernel's work is cut into parts: the items of a batch, and pieces of each along one axis. From shapes only.
import { type Code, type FunctionScope, type Local, get, i32, leaveIf, loop, set, when } from "../../wasm/index.ts";
import { named } from "../../codegen/kernel.ts";
import { type Range, smaller } from "./range.ts";

/** Parts are numbered piece by piece, item by item. */
export interface Cut {
  readonly items: number;
  /** Along the axis that is cut. */
  readonly units: number;
  readonly pieces: number;
  /** Units in a piece; the last one may have fewer. */
  readonly size: number;
}

/** Multiplications in a part: some 7 µs; for two threads to meet takes 1.6. */
const least = 2 ** 17;
const most = 64;

export function cutOf(items: number, units: number, work: number): Cut {
  const wanted = Math.min(most, Math.floor((items * work) / least)) / Math.max(1, items);
  const size = Math.max(1, Math.ceil(units / Math.max(1, wanted)));
  return { items, units, size, pieces: Math.ceil(units / size) };
}

export function partsOf({ items, pieces }: Cut): number {
  return items * pieces;
}

/** Runs `body` for each item that the parts from `from` to `to` of a kernel belong to, with the range of its units, never empty. */
export function eachItem(cut: Cut, scope: FunctionScope, body: (item: Local, units: Range) => Code): Code {
  const { from, to } = named(scope);
  const [item, first, end] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
  const { pieces, size, units } = cut;
  return when(
    i32.lt(get(from), get(to)),
    loop([
      set(item, i32.div(get(from), i32.const(pieces))),
      set(first, i32.sub(get(from), i32.mul(get(item), i32.const(pieces)))),
      set(end, smaller(i32.const(pieces), i32.add(get(first), i32.sub(get(to), get(from))))),
      set(from, i32.add(get(from), i32.sub(get(end), get(first)))),
      set(first, i32.mul(get(first), i32.const(size))),
      set(end, smaller(i32.const(units), i32.mul(get(end), i32.const(size)))),
      body(item, { from: get(first), to: get(end) }),
      leaveIf(0, i32.lt(get(from), get(to))),
    ]),
  );
}
