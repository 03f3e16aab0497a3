// Partitions a product's work into parts: the items of a batch, and pieces of each along one axis. By shapes alone, so that results do not depend on threads.
import { type Code, type FunctionScope, type Local, brIf, get, i32, ifElse, loop, set } from "../../wasm/index.ts";
import { kernelParameters } from "../../codegen/kernelFunction.ts";
import type { Range } from "./range.ts";

/** Parts are numbered piece by piece, item by item. */
export interface BatchPartition {
  readonly items: number;
  /** Along the axis that is cut. */
  readonly units: number;
  readonly pieces: number;
  /** Units in a piece; the last one may have fewer. */
  readonly size: number;
}

/** Multiplications in a part: some 7 µs; a barrier of two threads takes 1.6. */
const minPartMultiplications = 2 ** 17;
const maxParts = 64;

export function batchPartitionOf(items: number, units: number, work: number): BatchPartition {
  const wanted = Math.min(maxParts, Math.floor((items * work) / minPartMultiplications)) / Math.max(1, items);
  const size = Math.max(1, Math.ceil(units / Math.max(1, wanted)));
  return { items, units, size, pieces: Math.ceil(units / size) };
}

export function partsOf({ items, pieces }: BatchPartition): number {
  return items * pieces;
}

/** Runs `body` for each item that the parts from `from` to `to` of a kernel belong to, with the range of its units, never empty. */
export function eachItem(partition: BatchPartition, scope: FunctionScope, body: (item: Local, units: Range) => Code): Code {
  const { from, to } = kernelParameters(scope);
  const [item, first, end] = [scope.local("i32"), scope.local("i32"), scope.local("i32")];
  const { pieces, size, units } = partition;
  return ifElse(
    i32.lt(get(from), get(to)),
    loop([
      set(item, i32.div(get(from), i32.const(pieces))),
      set(first, i32.sub(get(from), i32.mul(get(item), i32.const(pieces)))),
      set(end, i32.min(i32.const(pieces), i32.add(get(first), i32.sub(get(to), get(from))))),
      set(from, i32.add(get(from), i32.sub(get(end), get(first)))),
      set(first, i32.mul(get(first), i32.const(size))),
      set(end, i32.min(i32.const(units), i32.mul(get(end), i32.const(size)))),
      body(item, { from: get(first), to: get(end) }),
      brIf(0, i32.lt(get(from), get(to))),
    ]),
  );
}
