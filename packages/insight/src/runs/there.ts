// What is known to be there.
import { SluiceError } from "@sluice/core";

/** Throws `internal:` where it is not. */
export function there<T>(value: T | undefined, what = "a value"): T {
  if (value !== undefined) return value;
  const fix = "This is a bug in Sluice; please report it";
  throw new SluiceError({ code: "INTERNAL", who: "internal: insight", what: `${what} is not there`, fix });
}
