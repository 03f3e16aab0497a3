// How values are folded: pairwise within a group, and group after group into a total that also keeps what plain folding would lose.
import type { ReduceStep } from "@sluice/core";
import { type Code, type Local, f32x4, get, i32x4, set, v128 } from "../../wasm/index.ts";
import type { Lanes } from "../../codegen/lanes.ts";

/**
 * A running total of four lanes. `lost` is what it keeps beside the total, if anything.
 *
 * The error of a sum does not grow with its length. With u = 2⁻²⁴ and sizes Σ|x|, a group of 2ᵏ fours adds at most k·u·Σ|x|; up to 32 groups
 * are added plainly, with at most 32·u·Σ|x|; of more, what each addition loses is summed apart: u·Σ|x| at most, and a term in u².
 */
export interface Total {
  readonly total: Local;
  readonly lost: Local | undefined;
  clear(): Code;
  /** A value of a group, before it is combined with the others. */
  take(value: Local): Code;
  /** Combines two values of a group. */
  combine(x: Code, y: Code): Code;
  /** Takes in a group. */
  absorb(group: Code): Code;
  /** What the total is in the end. */
  settle(): Code;
}

export interface Fold {
  /** Of nothing. */
  readonly identity: number;
  readonly combine: (x: Code, y: Code) => Code;
  readonly total: (lanes: Lanes, groups: number) => Total;
}

const plain = 32;

export const folds: { readonly [C in ReduceStep["combine"]]: Fold } = {
  sum: { identity: 0, combine: f32x4.add, total: (lanes, groups) => (groups <= plain ? sum(lanes) : longSum(lanes)) },
  max: { identity: -Infinity, combine: f32x4.max, total: largest },
};

function sum(lanes: Lanes): Total {
  const total = lanes.local();
  return {
    total,
    lost: undefined,
    clear: () => set(total, lanes.constant(0)),
    take: get,
    combine: f32x4.add,
    absorb: (group) => set(total, f32x4.add(get(total), group)),
    settle: () => get(total),
  };
}

function longSum(lanes: Lanes): Total {
  const { add, sub, eq } = f32x4;
  const [total, lost, y, s, z] = [lanes.local(), lanes.local(), lanes.local(), lanes.local(), lanes.local()];
  return {
    ...{ total, lost, take: get, combine: add },
    clear: () => [total, lost].map((local) => set(local, lanes.constant(0))),
    // Two-sum (Knuth, TAOCP 4.2.2, theorem B): s + e = x + y exactly.
    absorb: (group) => [
      set(y, group),
      set(s, add(get(total), get(y))),
      set(z, sub(get(s), get(total))),
      set(lost, add(get(lost), add(sub(get(total), sub(get(s), get(z))), sub(get(y), get(z))))),
      set(total, get(s)),
    ],
    // Beside infinity and NaN the loss is NaN and means nothing.
    settle: () => add(get(total), v128.and(get(lost), eq(get(lost), get(lost)))),
  };
}

/**
 * f32x4.max is seven machine instructions, pmax is one, but may drop a NaN and take −0 for 0. `lost` has all bits set, which is NaN, where
 * there was any; and its sign bit where anything had none: a largest of 0 is then 0, not −0, as whatever else has no sign is NaN.
 */
function largest(lanes: Lanes): Total {
  const [total, lost] = [lanes.local(), lanes.local()];
  const sign = (): Code => lanes.integer(-(2 ** 31));
  return {
    ...{ total, lost, combine: f32x4.pmax },
    clear: () => [set(total, lanes.constant(-Infinity)), set(lost, lanes.integer(0))],
    take: (value) => [
      set(lost, v128.or(get(lost), v128.or(f32x4.ne(get(value), get(value)), v128.andNot(sign(), get(value))))),
      get(value),
    ],
    absorb: (group) => set(total, f32x4.pmax(get(total), group)),
    settle: () => [
      // What is left of `lost` without its sign is NaN, or nothing.
      set(total, v128.andNot(get(total), v128.and(v128.and(f32x4.eq(get(total), lanes.constant(0)), sign()), get(lost)))),
      v128.or(get(total), i32x4.shr(i32x4.shl(get(lost), 1), 1)),
    ],
  };
}

/** Values folded as a balanced tree, in order. */
export function pairwise(values: readonly Code[], combine: Fold["combine"]): Code {
  if (values.length === 1) return values[0]!;
  const half = values.length >> 1;
  return combine(pairwise(values.slice(0, half), combine), pairwise(values.slice(half), combine));
}

/** How many values of that cost to write out as one group. */
export function groupOf(cost: number): number {
  return cost <= 6 ? 8 : cost <= 12 ? 4 : cost <= 24 ? 2 : 1;
}

/** The first `count` lanes of a value, the identity in the others. */
export function firstOf(lanes: Lanes, { identity }: Fold, value: Local, count: number): Code {
  const bytes = Array.from({ length: 16 }, (_, i) => (i < 4 * count ? i : 16 + i));
  return v128.shuffle(get(value), lanes.constant(identity), bytes);
}

/** All four lanes folded into the first. */
export function acrossLanes(local: Local, { combine }: Fold): Code {
  const swap = (bytes: readonly number[]): Code => v128.shuffle(get(local), get(local), bytes);
  return [
    set(local, combine(get(local), swap([8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7]))),
    combine(get(local), swap([4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11])),
  ];
}
