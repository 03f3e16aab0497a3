// How values are spread.
import { positive, text } from "@sluice/core/arguments";
import { optional, optionsOf, required, type Table as OptionTable } from "@sluice/nn/kit";
import { extent, leftOut, readList } from "../values/read.ts";
import { binWidth, histogramOf } from "../values/statistics.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";
import { histogramPanel } from "../panels/histogramPanel.ts";
import { type Format, format, numbers } from "../values/rules.ts";

export interface HistogramOptions extends FigureOptions {
  readonly values: Numbers;
  /** Of a bin; default that of Freedman & Diaconis, made round. */
  readonly binWidth?: number;
  readonly xLabel?: string;
  readonly format?: Format;
}

const histogramTable = {
  ...figureTable,
  values: required(numbers),
  binWidth: optional(positive),
  xLabel: optional(text),
  format: optional(format),
} satisfies OptionTable<HistogramOptions>;

/** Bars as high as values are many. Those that are not finite are left out and told. Throws INVALID_ARGUMENT for options that there are not or are not what they must be. */
export function histogram(options: HistogramOptions): Figure {
  const given = optionsOf<HistogramOptions, typeof histogramTable>("histogram", histogramTable, options);
  const values = readList("histogram", "values", given.values);
  const note = leftOut("values", values);
  const bins = binsOf(values, given.binWidth);
  return figure(given, {
    warnings: note === undefined ? [] : [note],
    panels: [{ draw: (size, label) => histogramPanel({ bins, format: given.format, xName: given.xLabel }, size, label) }],
  });
}

/** More bins than can be seen are made fewer: then the width is the default's. */
const mostBins = 400;

export function binsOf(values: readonly number[], width?: number): ReturnType<typeof histogramOf> {
  const found = extent(values);
  if (found === undefined) return [];
  const [low, high] = found;
  const finite = values.filter(Number.isFinite);
  return histogramOf(finite, width !== undefined && (high - low) / width <= mostBins ? width : binWidth(finite));
}
