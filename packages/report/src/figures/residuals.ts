// What a forecast got wrong: where or when, and how much how often.
import { positive, text } from "@sluice/core/arguments";
import { optional, optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import { compact, signed } from "../values/format.ts";
import { checkLengths, leftOut, mean, readList } from "../values/read.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";
import { binsOf } from "./histogram.ts";
import { histogramPanel } from "../panels/histogramPanel.ts";
import { type Format, format, numbers, type Places, places } from "../values/rules.ts";
import { scatterPanel } from "../panels/scatterPanel.ts";
import { readPlaces } from "../values/series.ts";

export interface ResidualsOptions extends FigureOptions {
  readonly truth: Numbers;
  readonly forecast: Numbers;
  /** Where each residual stands, numbers or Dates; default at its forecast. */
  readonly x?: Places;
  readonly xLabel?: string;
  /** In what truth and forecast are measured. */
  readonly unit?: string;
  /** Of the histogram's bins; default that of Freedman & Diaconis, made round. */
  readonly binWidth?: number;
  readonly format?: Format;
}

const residualsTable = {
  ...figureTable,
  truth: required(numbers),
  forecast: required(numbers),
  x: optional(places),
  xLabel: optional(text),
  unit: preset(text, ""),
  binWidth: optional(positive),
  format: optional(format),
} satisfies OptionTable<ResidualsOptions>;

/** More dots than this lie on each other, and make the page long: then it is every so-and-so-many-th, which is told. */
const mostDots = 2000;

/**
 * Forecast less truth, as dots over the forecast (or over `x`) and as a histogram. Above 0 the forecast was too high. Pairs that are not finite are left out and told.
 *
 * Throws SHAPE_MISMATCH for lists of different lengths, NOT_FINITE for an x that is not, INVALID_ARGUMENT for options that there are not or are not what they must be.
 */
export function residuals(options: ResidualsOptions): Figure {
  const given = optionsOf<ResidualsOptions, typeof residualsTable>("residuals", residualsTable, options);
  const [truth, forecast] = [readList("residuals", "truth", given.truth), readList("residuals", "forecast", given.forecast)];
  const at = given.x === undefined ? { values: forecast, isTime: false } : readPlaces("residuals", "x", given.x);
  checkLengths("residuals", { truth: truth.length, forecast: forecast.length, x: at.values.length });
  const all = truth.map((value, i) => (forecast[i] ?? Number.NaN) - value);
  const every = Math.ceil(all.length / mostDots);
  const write = given.format ?? ((value: number) => (value > 0 ? `+${compact(value)}` : compact(value)));
  const points = all.flatMap((y, i) =>
    i % every === 0 ? [{ x: at.values[i] ?? i, y, title: `forecast ${compact(forecast[i] ?? 0)}, truth ${compact(truth[i] ?? 0)}` }] : [],
  );
  const [note, unit] = [leftOut("the residuals", all), given.unit === "" ? "" : `, ${given.unit}`];
  const scatter = {
    points,
    isTime: at.isTime,
    balanced: true,
    stems: points.length <= 400,
    xName: given.xLabel ?? (given.x === undefined ? `forecast${unit}` : undefined),
    yName: `residual${unit}`,
    yFormat: write,
  };
  return figure(given, {
    description: sentence(all.filter(Number.isFinite), given.unit),
    warnings: [
      ...(note === undefined ? [] : [note]),
      ...(every > 1 ? [`Of ${all.length} residuals every ${every}th has a dot; the histogram counts all.`] : []),
    ],
    columns: 2,
    panels: [
      { title: "Forecast less truth", draw: (size, label) => scatterPanel(scatter, size, label) },
      {
        title: "How often",
        draw: (size, label) =>
          histogramPanel({ bins: binsOf(all, given.binWidth), format: write, xName: `residual${unit}`, yName: "count" }, size, label),
      },
    ],
  });
}

function sentence(all: readonly number[], unit: string): string {
  if (all.length === 0) return "";
  const digits = 2,
    of = unit === "" ? "" : `\u00A0${unit}`,
    rmse = Math.sqrt(mean(all.map((one) => one ** 2)));
  const number = (value: number): string => (Math.abs(value) >= 0.1 ? signed(value, digits).replace("+", "") : compact(value));
  return `Above 0 the forecast was too high. The mean is ${number(mean(all))}${of}, the mean absolute error ${number(mean(all.map(Math.abs)))}${of}, the root mean square ${number(rmse)}${of}.`;
}
