// What the caller says of a csv.
import { check, oneOf, refused, text, type Rule } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { listOf, nonEmpty } from "../arguments/rules.ts";
import type { CsvType } from "./types.ts";

/** What becomes of a missing cell: an error, NaN (of texts ""), no row, or what the cell of the row before held. */
export type MissingCell = "refuse" | "keep" | "drop" | "forward";

export type CsvTypes = Readonly<Record<string, CsvType>>;

export interface CsvOptions<T extends CsvTypes> {
  /** What each column that is wanted holds, by its name in the first record; the others are passed over. */
  readonly types: T;
  /** What becomes of missing cells: of all columns, or by column, "refuse" for those left out. Default "refuse". */
  readonly missing?: MissingCell | { readonly [K in keyof T]?: MissingCell };
  /** Cells that say that something is missing. Default "", NA, N/A, NaN, nan, null, NULL. */
  readonly markers?: readonly string[];
  /** Default ",". */
  readonly delimiter?: string;
  /** What the file is called in errors. Default "csv". */
  readonly source?: string;
}

export const missingNames = ["refuse", "keep", "drop", "forward"] as const;
const typeNames = ["number", "boolean", "date", "string", "category"] as const;
const oneMissing = oneOf(...missingNames);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const categories = nonEmpty(listOf(text));

const typesRule: Rule<CsvTypes> = {
  expected: `a record of at least one column, each one of ${typeNames.join(", ")}, a list of the categories, or a function that reads a cell`,
  accepts: (value): value is CsvTypes =>
    isRecord(value) &&
    Object.keys(value).length > 0 &&
    Object.values(value).every((type) => typeof type === "function" || categories.accepts(type) || typeNames.some((name) => name === type)),
};
const missingRule: Rule<MissingCell | Readonly<Record<string, MissingCell | undefined>>> = {
  expected: `one of ${missingNames.join(", ")}, or a record of these by column`,
  accepts: (value): value is MissingCell | Readonly<Record<string, MissingCell>> =>
    oneMissing.accepts(value) || (isRecord(value) && Object.values(value).every((one) => one === undefined || oneMissing.accepts(one))),
};
const delimiterRule: Rule<string> = {
  expected: "one character but a quote or the end of a line",
  accepts: (value): value is string => typeof value === "string" && /^[^"\r\n]$/u.test(value),
};

export interface Reading {
  readonly who: string;
  readonly source: string;
  readonly delimiter: string;
  readonly markers: ReadonlySet<string>;
  readonly columns: readonly { readonly name: string; readonly type: CsvType; readonly missing: MissingCell }[];
}

/** Throws INVALID_ARGUMENT for options that there are not, and for `missing` of a column that has no type. */
export function readingOf<T extends CsvTypes>(who: string, options: CsvOptions<T>): Reading {
  const taken = given<CsvOptions<CsvTypes>>(
      who,
      options as CsvOptions<CsvTypes>, // of whatever columns
      { types: typesRule, missing: missingRule as never, markers: listOf(text), delimiter: delimiterRule, source: text },
      "types",
    ),
    { types, missing = "refuse", markers = ["", "NA", "N/A", "NaN", "nan", "null", "NULL"], delimiter = ",", source = "csv" } = taken;
  if (typeof missing === "object")
    for (const name of Object.keys(missing)) if (!Object.hasOwn(types, name)) throw refused(who, "missing", name, "said of columns that have a type", Object.keys(types)); // prettier-ignore
  const columns = Object.entries(types).map(([name, type]) => {
    const own = typeof missing === "string" ? missing : missing[name];
    return { name, type, missing: own ?? "refuse" };
  });
  for (const { missing: one } of columns) check(who, "missing", one, oneMissing);
  return { who, source, delimiter, markers: new Set(markers), columns };
}
