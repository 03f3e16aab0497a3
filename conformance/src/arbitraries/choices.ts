// Structures as a stream of decisions: a function that decides by `Choices` is an arbitrary, and it shrinks towards what 0 stands for.
import fc from "fast-check";

/** Decisions, each of a few alternatives; the first is the simplest, and what a stream gives that has run dry. */
export interface Choices {
  /** A whole number from 0 to below n. */
  below(n: number): number;
  /** True once in `n` times; false is the simpler. */
  once(n: number): boolean;
  /** One of a list. */
  pick<T>(from: readonly T[]): T;
}

/** An arbitrary of whatever `make` makes of its decisions. The same decisions make the same thing. */
export function decided<T>(make: (choose: Choices) => T): fc.Arbitrary<T> {
  return fc.array(fc.nat(), { maxLength: 300, size: "max" }).map((numbers) => make(choicesOf(numbers)));
}

function choicesOf(numbers: readonly number[]): Choices {
  let next = 0;
  // Remainders of neighbouring numbers are alike where n is small: the high bits decide.
  const below = (n: number): number => Math.floor((n * ((numbers[next++] ?? 0) % 2 ** 20)) / 2 ** 20);
  return { below, once: (n) => below(n) === n - 1, pick: (from) => from[below(from.length)]! };
}
