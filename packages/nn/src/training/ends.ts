// What data name: the ends of the model.
import { options, refused } from "@sluice/core/arguments";
import type { Numbers } from "../host/hostNumbers.ts";
import type { Named } from "../model/graph.ts";
import { isRecord } from "../options/table.ts";

/** "x", "x.source" */
export function endName(end: string, name: string, names: readonly string[] | null): string {
  return names === null ? end : `${end}.${name}`;
}

interface End {
  readonly names: readonly string[] | null;
  /** Those that must be there. */
  readonly wanted: readonly string[];
  /** What it goes by where there are no names. */
  readonly one: string;
}

/** By name. Throws INVALID_ARGUMENT where a name is missing or unknown. */
export function byEnd<T>(who: string, end: string, given: unknown, { names, wanted, one }: End): Named<T> {
  if (names === null) return { [one]: given as T }; // which is checked where it is read
  const found = knownNames(who, end, given, names) as Named<T>; // likewise
  const missing = wanted.find((name) => !Object.hasOwn(found, name));
  if (missing !== undefined) throw refused(who, `${end}.${missing}`, undefined, "numbers, one row for each sample");
  return found;
}

export function knownNames(who: string, end: string, given: unknown, names: readonly string[]): Named<Numbers | undefined> {
  if (!isRecord(given) || ("data" in given && "shape" in given)) throw refused(who, end, given, `a record of ${names.join(", ")}`);
  return options(who, given, Object.fromEntries(names.map((name) => [name, true as const])), end) as Named<Numbers | undefined>; // checked where they are read
}
