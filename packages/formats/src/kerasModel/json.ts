// JSON that may be anything, read with limits. `__proto__` is a key like any other: fields are asked for as own ones.
import { SluiceError } from "@sluice/core";

export type Json = null | boolean | number | string | readonly Json[] | JsonRecord;
export interface JsonRecord {
  readonly [key: string]: Json;
}

const deepest = 200;
/** Values in one text: some 10⁵ layers. */
const mostValues = 2 ** 22;

/** Throws FILE_CORRUPT for what is no JSON, lies too deep in itself or has too many values. */
export function parseJson(text: string, who: string, what: string): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json; // by the grammar of JSON
  } catch (cause) {
    throw new SluiceError({ code: "FILE_CORRUPT", who, what: `${what} is no JSON`, fix: "Save the model again", cause });
  }
  let level: readonly Json[] = [value],
    values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    values += level.length;
    if (depth > deepest || values > mostValues)
      throw new SluiceError({ code: "FILE_CORRUPT", who, what: `${what} has more than ${deepest} levels or ${mostValues} values` });
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? (Object.values(one) as Json[]) : []));
  }
  return value;
}

export function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own field; null and what is not there are undefined. */
export function field(value: Json | undefined, name: string): Json | undefined {
  return isRecord(value) && Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined;
}

export function textField(value: Json | undefined, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" ? found : undefined;
}

/** Equal as JSON. */
export function same(a: Json, b: Json): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)] as const;
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([key, one]) => Object.hasOwn(b, key) && same(one as Json, (b as JsonRecord)[key] ?? null))
  );
}

export function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** What a table of ours has under a name that a file gives. */
export function lookup<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
