// Sorting an axis by a bitonic network (Batcher 1968): n/2·½m(m + 1) exchanges for n = 2ᵐ, the same ones whatever the numbers are.
import { options as named } from "../arguments/options.ts";
import { add, equal, less, mul, sub, where } from "../trace/arithmetic.ts";
import { checkAxis } from "../trace/axis.ts";
import { checkFlags } from "../trace/checkTensor.ts";
import { iota, literal } from "../trace/constants.ts";
import { cast, floor, parity } from "../trace/functions.ts";
import { gather } from "../trace/lookup.ts";
import { expand, pad, reshape, slice, split } from "../trace/movement.ts";
import { scan } from "../trace/scan.ts";
import { who } from "../trace/scope.ts";
import type { Tensor } from "../trace/tensor.ts";
import { isBefore, type Order, orderOf } from "./order.ts";
import { none, pick, type Picked } from "./pick.ts";

export interface SortOptions {
  /** From the largest to the smallest. Default false. */
  readonly descending?: boolean;
}

/**
 * x with the elements along `axis` in order; equal ones stay as they lie, also where the order descends, and NaN is above all numbers: last, or
 * first where it descends. The gradient goes back to where each element came from.
 * It takes ½m(m + 1) passes over n = 2ᵐ elements, the next power of two: 55 for 1,024. `topK` with a k below that is cheaper.
 * i32 beyond 2²⁴ is in the order of the f32 nearest to it. Throws INVALID_ARGUMENT for an axis that there is not, for more than 4,194,304 elements, and for unknown options.
 */
export function sort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  return sorted("sort", x, axis, options).values;
}

/** The indices along `axis`, i32, of the elements in order, likewise: `sort` gives what lies there. They have no gradient. */
export function argsort(x: Tensor, axis = -1, options: SortOptions = {}): Tensor {
  return sorted("argsort", x, axis, options).indices;
}

function sorted(operation: "sort" | "argsort", x: Tensor, axis: number, options: SortOptions): Picked {
  const along = checkAxis(operation, x, axis);
  const known = named<SortOptions>(who(operation), options, { descending: true });
  const { descending = false } = checkFlags(operation, known, "descending");
  if (x.size === 0) return none(x);
  const order = orderOf(operation, x, along, descending),
    n = x.shape[along] ?? 1;
  return pick(x, along, network(order, n).rank);
}

/** Both [n, rows] in order. */
function network(order: Order, n: number): Order {
  const size = 2 ** levelsOf(n),
    { dtype } = order.key,
    place = expand(iota(size, dtype), 1); // [size, 1]
  const passes = passesOf(levelsOf(n));
  const { state } = scan({
    state: filled(order, n, place),
    inputs: literal(passes.flat(), [passes.length, 3], dtype),
    step: (mine, pass) => {
      const [distance, perDistance, perRun] = split(pass, 3) as [Tensor, Tensor, Tensor];
      const isUpper = bit(place, perDistance),
        isDown = bit(place, perRun);
      const partner = reshape(cast(add(place, mul(distance, sub(1, mul(2, isUpper)))), "i32"), [size]);
      const other = { key: gather(mine.key, partner), rank: gather(mine.rank, partner) };
      // Of a pair the lower one keeps what comes before, the upper one the rest; where the run descends it is the other way round.
      const keeps = equal(isBefore(mine, other), equal(isUpper, isDown));
      return { state: { key: where(keeps, mine.key, other.key), rank: where(keeps, mine.rank, other.rank) }, output: [] };
    },
    name: "sort",
  });
  return { key: slice(state.key, 0, 0, n), rank: slice(state.rank, 0, 0, n) };
}

function levelsOf(n: number): number {
  return Math.ceil(Math.log2(n));
}

/** How far apart pairs lie in each pass, its inverse, and that of the length of runs that ascend and descend in turn: powers of two, so that all is exact. */
function passesOf(levels: number): number[][] {
  return Array.from({ length: levels }, (_, level) =>
    Array.from({ length: level + 1 }, (_, k) => [2 ** (level - k), 2 ** (k - level), 2 ** (-level - 1)]),
  ).flat();
}

/** To the length of `place`, with what comes after everything: ranks from 2n. */
function filled({ key, rank }: Order, n: number, place: Tensor): Order {
  const widths = [
    [0, place.size - n],
    [0, 0],
  ] as const;
  return { key: pad(key, widths, Infinity), rank: add(pad(rank, widths), where(less(place, n), 0, add(place, 2 * n))) };
}

/** The digit of whole numbers that stands for `1/per` in base 2. */
function bit(of: Tensor, per: Tensor): Tensor {
  return parity(floor(mul(of, per)));
}
