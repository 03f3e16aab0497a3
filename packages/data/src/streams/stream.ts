// What streams are, and whether something is one.
import { refused } from "@sluice/core/arguments";

/** Items that come one after the other. */
export type Stream<T> = AsyncIterable<T> | Iterable<T>;

/** Throws INVALID_ARGUMENT for what cannot be iterated over. */
export function iterated<T>(who: string, stream: Stream<T>): Stream<T> {
  const given: unknown = stream;
  if (typeof given === "object" && given !== null && (Symbol.asyncIterator in given || Symbol.iterator in given)) return stream;
  throw refused(
    who,
    "stream",
    stream,
    "an iterable, or an async one",
    [],
    typeof given === "function" ? "Call it: a generator function gives one" : undefined,
  );
}
