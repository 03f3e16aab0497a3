// How values are combined: pairwise within a group, and group after group into an accumulator that keeps what plain addition would lose.
import type { ReduceStep } from "@sluice/core";
import { type Code, type Local, f32x4, get, i32x4, set, v128 } from "../../wasm/index.ts";
import type { Lanes } from "../../codegen/lanes.ts";

/**
 * A running total of four lanes, and beside it what corrects it in the end, if anything.
 *
 * The error of a sum does not grow with its length. With u = 2⁻²⁴ and sizes Σ|x|, a group of 2ᵏ lane groups adds at most k·u·Σ|x|; up to 32 groups
 * are added plainly, with at most 32·u·Σ|x|; of more, what each addition loses is summed in `compensation`: u·Σ|x| at most, and a term in u².
 */
export interface Accumulator {
  readonly total: Local;
  readonly compensation: Local | undefined;
  clear(): Code;
  /** A value of a group, before it is combined with the others. */
  take(value: Local): Code;
  /** Combines two values of a group. */
  combine(x: Code, y: Code): Code;
  /** Takes in a group. */
  addGroup(group: Code): Code;
  /** What the total is in the end. */
  result(): Code;
}

export interface Reduction {
  /** Of nothing. */
  readonly identity: number;
  readonly combine: (x: Code, y: Code) => Code;
  readonly accumulator: (lanes: Lanes, groups: number) => Accumulator;
}

const maxPlainGroups = 32;

export const reductions: { readonly [C in ReduceStep["combine"]]: Reduction } = {
  sum: { identity: 0, combine: f32x4.add, accumulator: (lanes, groups) => (groups <= maxPlainGroups ? sum(lanes) : longSum(lanes)) },
  max: { identity: -Infinity, combine: f32x4.max, accumulator: largest },
};

function sum(lanes: Lanes): Accumulator {
  const total = lanes.local();
  return {
    total,
    compensation: undefined,
    clear: () => set(total, lanes.constant(0)),
    take: get,
    combine: f32x4.add,
    addGroup: (group) => set(total, f32x4.add(get(total), group)),
    result: () => get(total),
  };
}

function longSum(lanes: Lanes): Accumulator {
  const { add, sub, eq } = f32x4;
  const [total, compensation, y, s, z] = [lanes.local(), lanes.local(), lanes.local(), lanes.local(), lanes.local()];
  return {
    ...{ total, compensation, take: get, combine: add },
    clear: () => [total, compensation].map((local) => set(local, lanes.constant(0))),
    // Two-sum (Knuth, TAOCP 4.2.2, theorem B): s + e = x + y exactly.
    addGroup: (group) => [
      set(y, group),
      set(s, add(get(total), get(y))),
      set(z, sub(get(s), get(total))),
      set(compensation, add(get(compensation), add(sub(get(total), sub(get(s), get(z))), sub(get(y), get(z))))),
      set(total, get(s)),
    ],
    // Beside infinity and NaN the loss is NaN and means nothing.
    result: () => add(get(total), v128.and(get(compensation), eq(get(compensation), get(compensation)))),
  };
}

/**
 * Running maximum with pmax (one machine instruction; f32x4.max takes seven), which may drop a NaN and may keep −0 beside +0.
 * `compensation` repairs both: a lane has all bits set once a NaN came, and its sign bit set once a value without sign bit came, so that a
 * maximum of zero becomes +0.
 */
function largest(lanes: Lanes): Accumulator {
  const [total, compensation] = [lanes.local(), lanes.local()];
  const sign = (): Code => lanes.integer(-(2 ** 31));
  return {
    ...{ total, compensation, combine: f32x4.pmax },
    clear: () => [set(total, lanes.constant(-Infinity)), set(compensation, lanes.integer(0))],
    take: (value) => [
      set(compensation, v128.or(get(compensation), v128.or(f32x4.ne(get(value), get(value)), v128.andNot(sign(), get(value))))),
      get(value),
    ],
    addGroup: (group) => set(total, f32x4.pmax(get(total), group)),
    result: () => [
      // What is left of `compensation` without its sign is NaN, or nothing.
      set(total, v128.andNot(get(total), v128.and(v128.and(f32x4.eq(get(total), lanes.constant(0)), sign()), get(compensation)))),
      v128.or(get(total), i32x4.shr(i32x4.shl(get(compensation), 1), 1)),
    ],
  };
}

/** Values folded as a balanced tree, in order. */
export function pairwise(values: readonly Code[], combine: Reduction["combine"]): Code {
  if (values.length === 1) return values[0]!;
  const half = values.length >> 1;
  return combine(pairwise(values.slice(0, half), combine), pairwise(values.slice(half), combine));
}

/** How many values of that cost to write out as one group. */
export function unrollFactor(cost: number): number {
  return cost <= 6 ? 8 : cost <= 12 ? 4 : cost <= 24 ? 2 : 1;
}

/** The first `count` lanes of a value, the identity in the others. */
export function maskTail(lanes: Lanes, { identity }: Reduction, value: Local, count: number): Code {
  const bytes = Array.from({ length: 16 }, (_, i) => (i < 4 * count ? i : 16 + i));
  return v128.shuffle(get(value), lanes.constant(identity), bytes);
}

/** All four lanes folded into the first. */
export function horizontal(local: Local, { combine }: Reduction): Code {
  const swap = (bytes: readonly number[]): Code => v128.shuffle(get(local), get(local), bytes);
  return [
    set(local, combine(get(local), swap([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]))),
    combine(get(local), swap([4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11])),
  ];
}
