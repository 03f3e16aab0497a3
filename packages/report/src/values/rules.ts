// What options of figures may be, beyond the rules of core and nn.
import { anyNumber, finite, type Rule } from "@sluice/core/arguments";
import { callable, isRecord, type Numbers } from "@sluice/nn/kit";

/** Numbers in any form that nn takes; they are read, and refused by their place, where they are used. */
export const numbers: Rule<Numbers> = {
  expected: "numbers: a list, a typed array or { data, shape, dtype }",
  accepts: (value): value is Numbers => typeof value === "object" && value !== null,
};

/** How a number is written. */
export type Format = (value: number) => string;
export const format = callable as unknown as Rule<Format>; // a function; what it returns is seen when it is called

export const scaleName: Rule<"linear" | "log"> = {
  expected: "one of linear, log",
  accepts: (value): value is "linear" | "log" => value === "linear" || value === "log",
  names: ["linear", "log"],
};

/** Places on a horizontal axis: numbers, or moments. */
export type Places = Numbers | readonly Date[];
export const places: Rule<Places> = {
  expected: "numbers, or a list of valid Dates",
  accepts: (value): value is Places =>
    numbers.accepts(value) &&
    (!Array.isArray(value) ||
      !value.some((item) => item instanceof Date) ||
      value.every((item) => item instanceof Date && !Number.isNaN(item.getTime()))),
};

export const texts: Rule<readonly string[]> = {
  expected: "a list of texts",
  accepts: (value): value is readonly string[] => Array.isArray(value) && Array.from(value).every((item) => typeof item === "string"),
};

export const numbersByName: Rule<Readonly<Record<string, number>>> = {
  expected: "a record of finite numbers by name",
  accepts: (value): value is Readonly<Record<string, number>> => isRecord(value) && Object.values(value).every(finite.accepts),
};

export const span: Rule<readonly [number, number]> = {
  expected: "two finite numbers, the lower first",
  accepts: (value): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && value.every(finite.accepts) && Number(value[0]) < Number(value[1]),
};

export const anyNumbers: Rule<readonly number[]> = {
  expected: "a list of numbers",
  accepts: (value): value is readonly number[] => Array.isArray(value) && Array.from(value).every(anyNumber.accepts),
};
