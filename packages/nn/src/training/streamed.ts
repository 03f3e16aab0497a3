// Which data come as a stream of batches.
import type { Names } from "../model/names.ts";
import type { Batches, Data } from "../model/options.ts";

/** An iterable, or a function that makes one. */
export function isStream(data: Data<Names, Names> | Batches<Names, Names>): data is Batches<Names, Names> {
  const given: unknown = data; // anything, of callers without types
  return (
    typeof given === "function" ||
    (typeof given === "object" && given !== null && (Symbol.asyncIterator in given || Symbol.iterator in given))
  );
}
