// Partitions a kernel's work into parts: ranges of one axis. By shapes alone, so that results do not depend on threads.
import { type Code, type FunctionScope, type Local, get, i32, set } from "../wasm/index.ts";
import type { AxisRange } from "./loopNest.ts";

/** Parts are ranges of one axis. */
export interface Partition {
  readonly axis: number;
  readonly size: number;
  /** Indices in a part; the last part may have fewer. */
  readonly step: number;
  readonly parts: number;
}

/** Instructions below which a part is not worth handing to another thread: some 4 µs. */
const minPartInstructions = 2 ** 15;
const maxParts = 64;

/**
 * Cuts the outermost axis that is long enough, or else the longest. `cost` is that of the whole kernel; `grains` are the indices along each
 * axis that stay together; 0 for an axis that may not be cut.
 */
export function partitionOf(sizes: readonly number[], grains: readonly number[], cost: number): Partition {
  const wanted = Math.min(maxParts, Math.floor(cost / minPartInstructions));
  const pieces = sizes.map((size, axis) => (grains[axis] === 0 ? 1 : Math.ceil(size / grains[axis]!)));
  const enough = pieces.findIndex((count) => count >= wanted);
  const axis = enough >= 0 ? enough : pieces.indexOf(Math.max(...pieces));
  const size = sizes[axis] ?? 1;
  if (wanted < 2 || (pieces[axis] ?? 1) < 2) return { axis, size, step: Math.max(1, size), parts: 1 };
  const step = Math.ceil(pieces[axis]! / wanted) * grains[axis]!;
  return { axis, size, step, parts: Math.ceil(size / step) };
}

/** The indices of the parts from `from` to `to`; undefined where there is one part, which is then known. */
export function rangeOf(
  scope: Pick<FunctionScope, "local">,
  { axis, size, step, parts }: Partition,
  from: Local,
  to: Local,
): [AxisRange | undefined, Code] {
  if (parts === 1) return [undefined, []];
  const [first, count] = [scope.local("i32"), scope.local("i32")];
  const end = i32.mul(get(to), i32.const(step));
  const code = [set(first, i32.mul(get(from), i32.const(step))), set(count, i32.sub(i32.min(end, i32.const(size)), get(first)))];
  return [{ axis, first, count }, code];
}
