// Options of a call, by name: one that there is not would be passed over in silence.
import { SluiceError } from "../errors.ts";
import { record } from "./checks.ts";
import { nearest } from "./nearest.ts";
import { show } from "./show.ts";

/** The names of all options of a type; one too few or too many does not compile. */
export type Names<T> = { readonly [K in keyof T]-?: true };

/** Options as they came. Throws INVALID_ARGUMENT for what is no record, and for an option that there is not, with the nearest that there is. */
export function options<T extends object>(who: string, given: T, names: Names<T>, called = "options"): T {
  for (const name of Object.keys(record(who, given, called)))
    if (!Object.hasOwn(names, name)) throw unknownOption(who, name, Object.keys(names));
  return given;
}

/** INVALID_ARGUMENT: there is no such option, and `known` are those that there are. */
export function unknownOption(who: string, name: string, known: readonly string[]): SluiceError {
  return new SluiceError({
    code: "INVALID_ARGUMENT",
    who,
    what: `there is no option ${show(name)}`,
    fix: meant(name, known),
    facts: { option: name, known },
  });
}

/** What to do about a name that is none of the known: take the one that is like it, or look at all of them. */
export function meant(name: string, known: readonly string[]): string {
  if (known.length === 0) return "There are none";
  const near = nearest(name, known);
  return near === undefined ? `There are ${known.join(", ")}` : `Did you mean ${near}?`;
}
