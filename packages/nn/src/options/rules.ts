// Rules that tables of options need beyond those of core.
import { maxElements, maxRank, shape, type Rule } from "@sluice/core/arguments";
import { isRecord, type AnyTable, type Table } from "./table.ts";

export const callable: Rule<(...given: never[]) => unknown> = {
  expected: "a function",
  accepts: (value): value is (...given: never[]) => unknown => typeof value === "function",
};

/** One or the other. */
export function either<A, B>(a: Rule<A>, b: Rule<B>): Rule<A | B> {
  return { expected: `${a.expected}, or ${b.expected}`, accepts: (value): value is A | B => a.accepts(value) || b.accepts(value) };
}

/** A record of anything. */
export const anyRecord: Rule<object> = { expected: "a record", accepts: (value): value is object => isRecord(value) };

/** A record by any names. */
export function recordOf<T>(rule: Rule<T>, expected = `a record of names, each with ${rule.expected}`): Rule<Readonly<Record<string, T>>> {
  return {
    expected,
    accepts: (value): value is Readonly<Record<string, T>> => isRecord(value) && Object.values(value).every(rule.accepts),
  };
}

/** The same where some may be left out. */
export function someOf<T>(rule: Rule<T>, expected: string): Rule<Readonly<Record<string, T | undefined>>> {
  return {
    expected,
    accepts: (value): value is Readonly<Record<string, T | undefined>> =>
      isRecord(value) && Object.values(value).every((one) => one === undefined || rule.accepts(one)),
  };
}

export function listOf<T>(rule: Rule<T>, expected = `a list of items, each ${rule.expected}`): Rule<readonly T[]> {
  return { expected, accepts: (value): value is readonly T[] => Array.isArray(value) && Array.from(value).every(rule.accepts) };
}

/** Such a list of at least one. */
export function nonEmpty<T>(list: Rule<readonly T[]>): Rule<readonly T[]> {
  return { expected: `${list.expected}, at least one`, accepts: (value): value is readonly T[] => list.accepts(value) && value.length > 0 };
}

/** A record of its own options, by a table of them. */
export function options<C>(table: Table<C>): Rule<C> {
  const rules = Object.entries(table as unknown as AnyTable); // any one at a time
  return {
    expected: `a record of ${rules.map(([name, { rule }]) => `${name} (${rule.expected})`).join(", ")}`,
    accepts: (value): value is C =>
      isRecord(value) &&
      Object.keys(value).every((name) => Object.hasOwn(table, name)) &&
      rules.every(([name, { rule, required }]) => (value[name] === undefined ? !required : rule.accepts(value[name]))),
  };
}

/** An object, or a function, that has these, each of its type. */
export function having<T>(
  expected: string,
  members: Readonly<Record<string, "function" | "object" | "string" | "number" | "boolean">>,
): Rule<T> {
  const has = (value: object): boolean =>
    Object.entries(members).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type); // any object has any name, maybe undefined
  return {
    expected,
    accepts: (value): value is T => ((typeof value === "object" && value !== null) || typeof value === "function") && has(value),
  };
}

/** What a layer may be called: its name begins the paths of its weights. */
export const layerName: Rule<string> = {
  expected: 'a letter and then letters, digits, "_" and "-"',
  accepts: (value): value is string => typeof value === "string" && /^[A-Za-z][\w-]*$/.test(value),
};

/** Whole and counted exactly. */
export const counter: Rule<number> = {
  expected: "a whole number of at least 0",
  accepts: (value): value is number => Number.isSafeInteger(value) && Number(value) >= 0,
};

export const atLeast1: Rule<number> = {
  expected: "a finite number of at least 1",
  accepts: (value): value is number => Number.isFinite(value) && Number(value) >= 1,
};

/** A shape without an axis of 0: what a sample looks like. */
export const sizes: Rule<readonly number[]> = {
  expected: `a list of at most ${maxRank} whole numbers, each at least 1 and at most ${maxElements}`,
  accepts: (value): value is readonly number[] => shape.accepts(value) && value.every((n) => n >= 1),
};
