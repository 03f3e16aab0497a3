// Where something is written.
import { text, type Rule } from "@sluice/core/arguments";

export const path: Rule<string> = {
  expected: "a path that is not empty and has no zero character",
  accepts: (value): value is string => text.accepts(value) && value !== "" && !value.includes("\0"),
};
