// Rules that tables of options need beyond those of core.
import { boolean, text, type Rule } from "@sluice/core/arguments";

export const callable: Rule<(...given: never[]) => unknown> = {
  expected: "a function",
  accepts: (value): value is (...given: never[]) => unknown => typeof value === "function",
};

/** One or the other. */
export function either<A, B>(a: Rule<A>, b: Rule<B>): Rule<A | B> {
  return { expected: `${a.expected}, or ${b.expected}`, accepts: (value): value is A | B => a.accepts(value) || b.accepts(value) };
}

/** A record by any names. */
export function recordOf<T>(rule: Rule<T>, expected = `a record of names, each with ${rule.expected}`): Rule<Readonly<Record<string, T>>> {
  return { expected, accepts: (value): value is Readonly<Record<string, T>> => isPlain(value) && Object.values(value).every(rule.accepts) };
}

export function listOf<T>(rule: Rule<T>, expected = `a list of items, each ${rule.expected}`): Rule<readonly T[]> {
  return { expected, accepts: (value): value is readonly T[] => Array.isArray(value) && Array.from(value).every(rule.accepts) };
}

/** An object that has these, each of its type. */
export function having<T>(expected: string, members: Readonly<Record<string, "function" | "object" | "string" | "number">>): Rule<T> {
  const has = (value: object): boolean =>
    Object.entries(members).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type); // any object has any name, maybe undefined
  return { expected, accepts: (value): value is T => typeof value === "object" && value !== null && has(value) };
}

/** Whole and counted exactly. */
export const counter: Rule<number> = {
  expected: "a whole number of at least 0",
  accepts: (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
};

export { boolean, text };

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
