// What a record of options may hold, said once as data: for the check when a user calls, for what a file says, and for the documentation.
import { check, refused, unknownOption, type Rule } from "@sluice/core/arguments";

/** One option: what it may be, and what it is where it is left out. */
export interface Option<T> {
  readonly rule: Rule<T>;
  readonly required: boolean;
  readonly preset?: T;
  /** Never there. It makes the type exact: a rule for less or more than the option's type does not compile. */
  readonly exactly?: (value: T) => T;
}
export interface Preset<T> extends Option<T> {
  readonly preset: T;
}
export interface Required<T> extends Option<T> {
  readonly required: true;
}

/** An option that must be given. */
export const required = <T>(rule: Rule<T>): Required<T> => ({ rule, required: true });
/** One that has no value where it is left out. */
export const optional = <T>(rule: Rule<T>): Option<T> => ({ rule, required: false });
/** One that has this value where it is left out. */
export const preset = <T>(rule: Rule<T>, value: NoInfer<T>): Preset<T> => ({ rule, required: false, preset: value });

/** A table for a config: each of its options, and no other, as its type says it. */
export type Table<C> = {
  readonly [K in keyof C]-?: Record<never, never> extends Pick<C, K> ? Option<NonNullable<C[K]>> : Required<C[K]>;
};

/** One of whatever type. */
export interface AnyOption {
  readonly rule: Rule<unknown>;
  readonly required: boolean;
  readonly preset?: unknown;
}
export type AnyTable = Readonly<Record<string, AnyOption>>;

/** What was given, as a copy without what is undefined. Throws INVALID_ARGUMENT for an option that there is not, that is missing, or is not what the table says. */
export function given<C>(who: string, table: Table<C>, config: C): C {
  const options = table as unknown as AnyTable; // any one at a time
  if (!isRecord(config)) throw refused(who, "the options", config, `a record such as { ${Object.keys(table).slice(0, 2).join(", ")} }`);
  const entries = Object.entries(config).filter(([, value]) => value !== undefined);
  for (const [name, value] of entries) {
    if (!Object.hasOwn(options, name)) throw unknownOption(who, name, Object.keys(options));
    check(who, name, value, options[name]!.rule); // there, as was just seen
  }
  const found = Object.fromEntries(entries.map(([name, value]) => [name, copied(value)]));
  for (const [name, { required: must, rule }] of Object.entries(options))
    if (must && !Object.hasOwn(found, name)) throw refused(who, name, undefined, rule.expected);
  return found as C; // each option is what its rule says, and those required are there
}

/** Lists and records of plain values become ours: what the caller does to them later changes nothing. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return (value as readonly unknown[]).map(copied);
  if (!isPlain(value) || !isData(value, 0)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copied(item)]));
}

/** How deep records of plain values may lie in each other: a start in an option has three levels. */
const deepest = 4;

/** Numbers, texts, and lists and records of them. */
function isData(value: unknown, depth: number): boolean {
  if (typeof value === "function" || depth > deepest) return false;
  if (typeof value !== "object" || value === null) return true;
  return (Array.isArray(value) || isPlain(value)) && Object.values(value).every((item) => isData(item, depth + 1));
}

/** As one writes it with braces, also in another realm: what has a class, such as an AbortSignal, is no copy's to be. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Which options have a value where they are left out. */
export type Filled<T> = {
  readonly [K in keyof T]: T[K] extends Preset<infer V>
    ? V
    : T[K] extends Required<infer V>
      ? V
      : T[K] extends Option<infer V>
        ? V | undefined
        : never;
};

/** What was given, with the table's values for the rest. */
export function filled<const T extends object>(table: T, config: object): Filled<T> {
  const presets = Object.entries(table).map(([name, option]) => [name, (option as AnyOption).preset]);
  return { ...Object.fromEntries(presets), ...config } as Filled<T>; // by the definition of `Filled`
}

/** What was given, as `given` checks it, with the table's values for the rest. */
export function optionsOf<C extends object, const T extends Table<C>>(who: string, table: T, config: C): Filled<T> {
  return filled(table, given<C>(who, table, config));
}

/** The options that another table does not have. */
export function without<C extends object, T extends object>(config: C, table: T): Omit<C, keyof T> {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !Object.hasOwn(table, name))) as Omit<C, keyof T>; // by its definition
}

/** Something with names, and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
