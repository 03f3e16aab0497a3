// What sizes, counts, rates, seeds and names may be: said once, as data, for every function that takes one and for every table of options.
import type { DType, Shape } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import { show } from "./show.ts";

/** What an argument may be. */
export interface Rule<T> {
  /** As it stands after "must be" in messages. */
  readonly expected: string;
  readonly accepts: (value: unknown) => value is T;
  /** Where it is a choice of names: what is refused then says which one is like it. */
  readonly names?: readonly string[];
}

/** Most elements of one array: they are counted and addressed in 31 bits. */
export const maxElements = 2 ** 31 - 1;
/** Most axes of a shape, and the deepest that lists of numbers may be nested. */
export const maxRank = 32;

/** A whole number of at least 1, as of units, steps, epochs. */
export const size: Rule<number> = number(
  `a whole number of at least 1 and at most ${maxElements}`,
  (n) => isWhole(n) && n >= 1 && n <= maxElements,
);
/** A whole number of at least 0, as of rows, positions, patience. */
export const count: Rule<number> = number(
  `a whole number of at least 0 and at most ${maxElements}`,
  (n) => isWhole(n) && n >= 0 && n <= maxElements,
);
/** Any number, NaN and ±∞ among them. */
export const anyNumber: Rule<number> = number("a number", () => true);
/** Any number but NaN and ±∞. */
export const finite: Rule<number> = number("a finite number", Number.isFinite);
export const positive: Rule<number> = number("a finite number above 0", (n) => Number.isFinite(n) && n > 0);
export const nonNegative: Rule<number> = number("a finite number of at least 0", (n) => Number.isFinite(n) && n >= 0);
/** A probability. */
export const rate: Rule<number> = number("a number in 0 … 1", (n) => n >= 0 && n <= 1);
/** A probability of losing what must not be lost for certain: a rate below 1. */
export const fraction: Rule<number> = number("a number in [0, 1)", (n) => n >= 0 && n < 1);
/** What a stream of random numbers is drawn from. */
export const seed: Rule<number | string> = {
  expected: "a finite number or a text",
  accepts: (value): value is number | string => Number.isFinite(value) || typeof value === "string",
};
export const boolean: Rule<boolean> = { expected: "true or false", accepts: (value) => typeof value === "boolean" };
export const text: Rule<string> = { expected: "a text", accepts: (value) => typeof value === "string" };
export const dtype: Rule<DType> = oneOf("f32", "f64", "i32");
export const floatDType: Rule<"f32" | "f64"> = oneOf("f32", "f64");
/** Sizes of axes, each at least 0: how many elements they may be together is `checkShape`'s and `checkElements`' to say. */
export const shape: Rule<Shape> = {
  expected: `a list of at most ${maxRank} whole numbers, each at least 0 and at most ${maxElements}`,
  accepts: (value): value is Shape => Array.isArray(value) && value.length <= maxRank && everyItem(value, count.accepts),
};

/** A whole number in a range of its own, as of threads and bytes. */
export function wholeIn(least: number, most: number): Rule<number> {
  return number(`a whole number from ${least} to ${most}`, (n) => isWhole(n) && n >= least && n <= most);
}

/** One of these names. */
export function oneOf<const T extends string>(...names: readonly T[]): Rule<T> {
  return {
    expected: `one of ${names.join(", ")}`,
    accepts: (value): value is T => names.some((name) => name === value),
    names,
  };
}

/** What the rule says, or undefined. */
export function optional<T>(rule: Rule<T>): Rule<T | undefined> {
  return { ...rule, accepts: (value): value is T | undefined => value === undefined || rule.accepts(value) };
}

/** Throws INVALID_ARGUMENT where `value` is not what the rule says; `name` is what the argument or option is called. */
export function check<T>(who: string, name: string, value: unknown, rule: Rule<T>): asserts value is T {
  if (!rule.accepts(value)) throw refused(who, name, value, rule.expected, rule.names);
}

/** The error that `check` throws; of `names`, where there are any, it says which is like what came, otherwise `fix`. */
export function refused(
  who: string,
  name: string,
  value: unknown,
  expected: string,
  names: readonly string[] = [],
  fix?: string,
): SluiceError {
  const what = `${name} must be ${expected}, got ${show(value)}`,
    near = typeof value === "string" ? nearest(value, names) : undefined,
    advice = near === undefined ? fix : `Did you mean "${near}"?`;
  return new SluiceError({ code: "INVALID_ARGUMENT", who, what, ...(advice !== undefined && { fix: advice }), facts: { [name]: value } });
}

function number(expected: string, holds: (n: number) => boolean): Rule<number> {
  return { expected, accepts: (value): value is number => typeof value === "number" && holds(value) };
}

function isWhole(n: number): boolean {
  return Number.isInteger(n);
}

/** Holes are undefined, which no rule of numbers accepts; `every` would pass over them. */
function everyItem(list: readonly unknown[], accepts: (value: unknown) => boolean): boolean {
  for (let i = 0; i < list.length; i++) if (!accepts(list[i])) return false;
  return true;
}
