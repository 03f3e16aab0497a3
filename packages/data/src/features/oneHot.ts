// Categories as columns of 0 and 1.
import { SluiceError } from "@sluice/core";
import { oneOf, refused, text } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { listOf, nonEmpty } from "../arguments/rules.ts";
import type { Category } from "../csv/types.ts";
import { matrixOf, type Matrix } from "../numbers/rows.ts";

export interface OneHotOptions {
  /** Which there are, in the order of the columns: those of the training data, so that all parts have the same columns. Default those of the column, of texts those that come, in that order. */
  readonly categories?: readonly string[];
  /** What becomes of others and of what is missing: "refuse" it (default), or "zeros", a row of them. */
  readonly others?: "refuse" | "zeros";
}

/**
 * [rows, categories] of 1 where a row is of the category, otherwise 0; the columns are called as the categories.
 *
 * Throws EMPTY_DATA where there is no row, INVALID_ARGUMENT, by row, for one that is of none of the categories.
 *
 * ```ts
 * oneHot(["sun", "rain", "sun"]).data; // 1 0, 0 1, 1 0
 * ```
 */
export function oneHot(values: readonly string[] | Category, options: OneHotOptions = {}): Matrix {
  const who = "oneHot",
    { categories, others = "refuse" } = given(who, options, { categories: nonEmpty(listOf(text)), others: oneOf("refuse", "zeros") });
  const texts = textsOf(who, values),
    names = categories ?? (isCategory(values) ? values.categories : [...new Set(texts)].filter((one) => one !== ""));
  if (texts.length === 0) throw new SluiceError({ code: "EMPTY_DATA", who, what: "there is no row" });
  if (new Set(names).size !== names.length) throw refused(who, "categories", categories, "a list of texts, each once");
  const places = new Map(names.map((name, c) => [name, c])),
    data = new Float64Array(texts.length * names.length);
  for (const [row, one] of texts.entries()) {
    const place = places.get(one);
    if (place !== undefined) data[row * names.length + place] = 1;
    else if (others === "refuse") throw refused(who, `values[${row}]`, one, `one of ${names.join(", ")}`, names, 'Name it in categories, or say { others: "zeros" }'); // prettier-ignore
  }
  return matrixOf(data, [texts.length, names.length], names);
}

function isCategory(values: unknown): values is Category {
  return (
    typeof values === "object" &&
    values !== null &&
    "codes" in values &&
    values.codes instanceof Int32Array &&
    "categories" in values &&
    listOf(text).accepts(values.categories)
  );
}

function textsOf(who: string, values: readonly string[] | Category): readonly string[] {
  if (isCategory(values)) return Array.from(values.codes, (code) => values.categories[code] ?? "");
  const rule = listOf(text, "a list of texts, or a column of categories");
  if (!rule.accepts(values)) throw refused(who, "values", values, rule.expected);
  return values;
}
