// Records that are made by the names that they are asked for.
import { SluiceError } from "@sluice/core";

/** What `record` has by a name that it was made with. Throws INTERNAL where it has none. */
export function entryOf<T>(record: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(record, name)) return record[name] as T; // there, as was just seen
  throw internal("entryOf", `there is no "${name}" among ${Object.keys(record).join(", ")}`);
}

/** The same where there may be none: what every record has, such as "constructor", is not its own. */
export function maybeEntryOf<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

/** The same of a map. */
export function foundIn<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  if (map.has(key)) return map.get(key) as V; // likewise
  throw internal("foundIn", "there is no such key");
}

function internal(who: string, what: string): SluiceError {
  return new SluiceError({ code: "INTERNAL", who: `internal: ${who}`, what, fix: "This is a bug in Sluice; please report it" });
}
