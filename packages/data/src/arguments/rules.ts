// Rules of arguments beyond those of core.
import { count, finite, text, type Rule } from "@sluice/core/arguments";

export function listOf<T>(rule: Rule<T>, expected = `a list, each ${rule.expected}`): Rule<readonly T[]> {
  return { expected, accepts: (value): value is readonly T[] => Array.isArray(value) && Array.from(value).every(rule.accepts) };
}

export function nonEmpty<T>(list: Rule<readonly T[]>): Rule<readonly T[]> {
  return { expected: `${list.expected}, at least one`, accepts: (value): value is readonly T[] => list.accepts(value) && value.length > 0 };
}

export function either<A, B>(a: Rule<A>, b: Rule<B>): Rule<A | B> {
  return { expected: `${a.expected}, or ${b.expected}`, accepts: (value): value is A | B => a.accepts(value) || b.accepts(value) };
}

/** With a length and items by place, whatever they are. */
export function anyList<T>(expected: string): Rule<ArrayLike<T>> {
  const accepts = (value: unknown): value is ArrayLike<T> => Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
  return { expected, accepts };
}

/** Which column: by its place or its name. */
export const column: Rule<number | string> = either(count, text);

/** How many of all: a share of them, or a number. */
export const shareOrCount: Rule<number> = {
  expected: "a share above 0 and below 1, or a whole number of at least 1",
  accepts: (value): value is number => typeof value === "number" && value > 0 && (value < 1 || Number.isSafeInteger(value)),
};

/** [least, most], the first below the second. */
export function ascendingPair(least: number, most: number): Rule<readonly [number, number]> {
  const bounds = least === -Infinity ? "" : ` within ${least} … ${most}`;
  return {
    expected: `two finite numbers${bounds}, the first below the second`,
    accepts: (value): value is readonly [number, number] => {
      if (!Array.isArray(value) || value.length !== 2 || !value.every(finite.accepts)) return false;
      const [low, high] = value as unknown as readonly [number, number]; // as was just seen
      return low < high && low >= least && high <= most;
    },
  };
}
