// Numbers as bars from 0, with their intervals where they have one, and with the numbers themselves.
import { boolean, finite, positive, text } from "@sluice/core/arguments";
import { isRecord, listOf, optional, optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import type { Table } from "../tables/table.ts";
import { madeTable } from "../tables/rule.ts";
import { compact } from "../values/format.ts";
import { leftOut } from "../values/read.ts";
import { type Bar, barPanel } from "../panels/barPanel.ts";
import { figure, type Figure, type FigureOptions, figureTable } from "./figure.ts";
import { type Format, format } from "../values/rules.ts";

export interface BarsOptions extends FigureOptions {
  /** From the top down. */
  readonly bars: readonly Bar[];
  readonly format?: Format;
  /** Bars longer than so many of the shortest are cut, and drawn so: linear, they would leave nothing to see of the others. Default never. */
  readonly cut?: number;
  readonly table?: Table;
}

export type { Bar };

const known: Readonly<Record<keyof Bar, (value: unknown) => boolean>> = {
  label: text.accepts,
  value: (value) => typeof value === "number",
  low: finite.accepts,
  high: finite.accepts,
  note: text.accepts,
  strong: boolean.accepts,
};

const bar = {
  expected: "{ label, value } with low, high, note and strong",
  accepts: (value: unknown): value is Bar =>
    isRecord(value) &&
    typeof value["label"] === "string" &&
    typeof value["value"] === "number" &&
    Object.entries(value).every(([name, one]) => one === undefined || (Object.hasOwn(known, name) && known[name as keyof Bar](one))), // as just seen
};

const barsTable = {
  ...figureTable,
  bars: required(listOf(bar)),
  format: preset(format, compact),
  cut: optional(positive),
  table: optional(madeTable),
} satisfies OptionTable<BarsOptions>;

/** A bar for each number, with the number beside it. Throws INVALID_ARGUMENT for options that there are not or are not what they must be. */
export function bars(options: BarsOptions): Figure {
  const given = optionsOf<BarsOptions, typeof barsTable>("bars", barsTable, options);
  const note = leftOut(
    "the bars",
    given.bars.map(({ value }) => value),
  );
  return figure(given, {
    warnings: note === undefined ? [] : [note],
    panels: given.bars.length === 0 ? [] : [{ draw: (size, label) => barPanel(given, size, label) }],
    table: given.table,
  });
}
