// The rules as one calls them: each throws INVALID_ARGUMENT, naming who asked, the option and what came.
import type { DType, Shape } from "../backend.ts";
import { SluiceError } from "../errors.ts";
import {
  anyNumber,
  boolean,
  check,
  count,
  dtype,
  finite,
  maxElements,
  oneOf,
  positive,
  rate,
  refused,
  seed,
  shape,
  size,
  text,
} from "./rules.ts";

export function checkOneOf<T extends string>(who: string, option: string, value: T, choices: readonly T[]): void {
  check(who, option, value, oneOf(...choices));
}

/** A whole number of at least 1. */
export function checkSize(who: string, option: string, value: number): void {
  check(who, option, value, size);
}

/** A whole number of at least 0. */
export function checkCount(who: string, option: string, value: number): void {
  check(who, option, value, count);
}

/** Any number, also NaN and ±∞. */
export function checkNumber(who: string, option: string, value: number): void {
  check(who, option, value, anyNumber);
}

export function checkPositive(who: string, option: string, value: number): void {
  check(who, option, value, positive);
}

export function checkFinite(who: string, option: string, value: number): void {
  check(who, option, value, finite);
}

export function checkRate(who: string, option: string, value: number): void {
  check(who, option, value, rate);
}

export function checkSeed(who: string, option: string, value: number | string): void {
  check(who, option, value, seed);
}

export function checkBoolean(who: string, option: string, value: boolean): void {
  check(who, option, value, boolean);
}

export function checkText(who: string, option: string, value: string): void {
  check(who, option, value, text);
}

export function checkFunction(who: string, option: string, value: unknown): void {
  if (typeof value !== "function") throw refused(who, option, value, "a function");
}

/** Objects of any class, and modules; no lists, maps, promises, numbers in arrays. */
const records: readonly string[] = ["[object Object]", "[object Module]"];

/** Options as they came; throws for what is no record. */
export function record<T extends object>(who: string, value: T, option = "options"): T {
  const given: unknown = value;
  if (typeof given === "object" && given !== null && records.includes(Object.prototype.toString.call(given))) return value;
  throw refused(who, option, value, given instanceof Promise ? "a record, not the promise of one" : "a record");
}

export function checkDType(who: string, option: string, value: DType): void {
  check(who, option, value, dtype);
}

/** A shape that a traced value may have: it need not lie in memory, but its elements can be counted. */
export function checkShape(who: string, option: string, value: Shape): void {
  checkProduct(who, option, value, Number.MAX_SAFE_INTEGER);
}

/** A shape whose elements one array holds: at most 2³¹ − 1. To be asked before anything is allocated. */
export function checkElements(who: string, option: string, value: Shape): void {
  checkProduct(who, option, value, maxElements);
}

function checkProduct(who: string, option: string, value: Shape, maxProduct: number): void {
  check(who, option, value, shape);
  const elements = value.reduce((product, n) => product * n, 1);
  if (elements <= maxProduct) return;
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${option} [${value.join(", ")}] has ${elements} elements, at most ${maxProduct} are possible`,
    fix: "Split it into several",
    facts: { [option]: value, elements, most: maxProduct },
  });
}
