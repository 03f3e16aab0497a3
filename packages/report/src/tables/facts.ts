// What was run, on what: names and what they are.
import { text } from "@sluice/core/arguments";
import { optionsOf, recordOf, required, type Table as OptionTable } from "@sluice/nn/kit";
import { escape, tag } from "../markup/markup.ts";

/** Made by `facts`; `page` writes it. */
export interface Facts {
  readonly kind: "facts";
  readonly facts: Readonly<Record<string, string>>;
}

const factsTable = { facts: required(recordOf(text)) } satisfies OptionTable<Pick<Facts, "facts">>;

/** A list of names and what they are, in the order of the record. Throws INVALID_ARGUMENT for what is no text. */
export function facts(record: Readonly<Record<string, string>>): Facts {
  return { kind: "facts", ...optionsOf<Pick<Facts, "facts">, typeof factsTable>("facts", factsTable, { facts: record }) };
}

export function factsMarkup({ facts: all }: Facts): string {
  return tag("dl", {}, ...Object.entries(all).flatMap(([name, value]) => [tag("dt", {}, escape(name)), tag("dd", {}, escape(value))]));
}
