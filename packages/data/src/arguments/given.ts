// The options of a call: each by its rule, and none that there is not.
import { check, options as known, refused, type Names, type Rule } from "@sluice/core/arguments";

/** What each option of a type may be where it is given. */
export type Rules<T> = { readonly [K in keyof T]-?: Rule<Exclude<T[K], undefined>> };

/** The options as they came. Throws INVALID_ARGUMENT for one that there is not, that is missing, or that its rule does not accept. */
export function given<T extends object>(who: string, options: T, rules: Rules<T>, ...required: readonly (keyof T & string)[]): T {
  known<T>(who, options, rules as unknown as Names<T>); // of which the names alone are read
  for (const [name, rule] of Object.entries<Rule<unknown>>(rules)) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined) check(who, name, value, rule);
    else if ((required as readonly string[]).includes(name)) throw refused(who, name, value, rule.expected);
  }
  return options;
}
