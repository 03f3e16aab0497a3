// JSON for what a model file says of its layers: read with limits, written without loss. Neither knows what a layer is.
import { SluiceError } from "@sluice/core";
import { show } from "@sluice/core/arguments";
import { Scanner } from "./scanner.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A list or record in a list or record, and so on. */
export const deepest = 32;
/** Values in one text, with those inside others. Some 10⁵ layers. */
export const mostValues = 2 ** 20;

/** The value, in time and memory proportional to the text. Throws what `fail` makes for other grammar, a key twice, or what passes the limits. */
export function parseJson(text: string, fail: (what: string) => SluiceError): Json {
  const scanner = new Scanner(text, fail);
  const words = { null: null, true: true, false: false } as const;
  let values = 0;
  const list = (depth: number): Json[] => {
    const items: Json[] = [];
    scanner.items("[", "]", () => items.push(value(depth)));
    return items;
  };
  const record = (depth: number): { readonly [key: string]: Json } => {
    const entries = new Map<string, Json>();
    scanner.items("{", "}", () => {
      const key = scanner.string();
      if (entries.has(key)) throw scanner.fail(`key ${show(key)} is there twice`);
      scanner.take(":");
      entries.set(key, value(depth));
    });
    return Object.fromEntries(entries); // `__proto__` too becomes a key like any other
  };
  const value = (depth: number): Json => {
    if (++values > mostValues) throw scanner.fail(`there are more than ${mostValues} values`);
    const next = scanner.peek();
    if (next === '"') return scanner.string();
    if (next === "-" || (next >= "0" && next <= "9")) return scanner.number();
    if (next !== "[" && next !== "{") return words[scanner.word(["null", "true", "false"])];
    if (depth === deepest) throw scanner.fail(`lists and records lie in each other more than ${deepest} deep`);
    return next === "[" ? list(depth + 1) : record(depth + 1);
  };
  const whole = value(0);
  scanner.end();
  return whole;
}

/**
 * The text that `parseJson` reads as an equal value, −0 included; keys whose value is undefined are left out.
 *
 * Throws INVALID_ARGUMENT, naming the place, for what JSON cannot hold: NaN, ±∞, functions, class instances, holes, loops.
 */
export function writeJson(value: unknown, who: string, path: string, depth = 0): string {
  const below = (child: unknown, key: string): string => writeJson(child, who, `${path}.${key}`, depth + 1);
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return Object.is(value, -0) ? "-0" : String(value);
  if (depth <= deepest && Array.isArray(value)) return `[${Array.from(value, (item: unknown, i) => below(item, String(i))).join()}]`; // holes too are undefined
  if (depth <= deepest && isRecord(value)) {
    const entries = Object.entries(value).filter(([, child]) => child !== undefined);
    return `{${entries.map(([key, child]) => `${JSON.stringify(key)}:${below(child, key)}`).join()}}`;
  }
  throw new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `${path} is ${show(value)}, which a model file cannot hold`,
    fix: `Take finite numbers, texts, true, false, null, and lists and records of them, at most ${deepest} deep`,
    facts: { path },
  });
}

/** An object as one writes it with braces, also one of another realm. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
