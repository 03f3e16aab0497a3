// Records that are made by the names that they are asked for.
import { SluiceError } from "@sluice/core";

/** What `record` has by a name that it was made with. Throws INTERNAL where it has none. */
export function entryOf<T>(record: Readonly<Record<string, T>>, name: string): T {
  if (Object.hasOwn(record, name)) return record[name] as T; // there, as was just seen
  throw new SluiceError({
    code: "INTERNAL",
    who: "internal: entryOf",
    what: `there is no "${name}" among ${Object.keys(record).join(", ")}`,
    fix: "This is a bug in Sluice; please report it",
  });
}
