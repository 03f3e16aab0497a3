// What came beside what was forecast, with the intervals in which it should have come.
import { listOf, isRecord, optional, optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import { fraction, text } from "@sluice/core/arguments";
import { seriesColour, truthColour } from "../colour/palette.ts";
import { compact, percent } from "../values/format.ts";
import { checkLengths, leftOut, readList } from "../values/read.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";
import type { MarkKey } from "./legend.ts";
import { linePanel } from "../panels/linePanel.ts";
import { type Format, format, numbers, type Places, places } from "../values/rules.ts";
import { readPlaces, type Series } from "../values/series.ts";

/** Where the truth should be with this probability. */
export interface Interval {
  /** Above 0 and below 1. */
  readonly level: number;
  readonly low: Numbers;
  readonly high: Numbers;
}

export interface ForecastOptions extends FigureOptions {
  readonly truth: Numbers;
  readonly forecast: Numbers;
  /** Of the same length as the forecast; default none. */
  readonly intervals?: readonly Interval[];
  /** Numbers or Dates; default 1, 2, 3, … */
  readonly x?: Places;
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly format?: Format;
}

export const intervalRule = {
  expected: "{ level, low, high } with a level above 0 and below 1",
  accepts: (value: unknown): value is Interval =>
    isRecord(value) &&
    Object.keys(value).length === 3 &&
    fraction.accepts(value["level"]) &&
    value["level"] !== 0 &&
    numbers.accepts(value["low"]) &&
    numbers.accepts(value["high"]),
};

const forecastTable = {
  ...figureTable,
  truth: required(numbers),
  forecast: required(numbers),
  intervals: preset(listOf(intervalRule), []),
  x: optional(places),
  xLabel: optional(text),
  yLabel: optional(text),
  format: optional(format),
} satisfies OptionTable<ForecastOptions>;

/**
 * Two lines over time, and a band for each interval. What is not finite is left out and told: of the truth, days that have not come yet may be NaN.
 *
 * Throws SHAPE_MISMATCH for lists of different lengths, NOT_FINITE for an x that is not, INVALID_ARGUMENT for options that there are not or are not what they must be.
 */
export function forecast(options: ForecastOptions): Figure {
  const given = optionsOf<ForecastOptions, typeof forecastTable>("forecast", forecastTable, options);
  const [truth, said] = [readList("forecast", "truth", given.truth), readList("forecast", "forecast", given.forecast)];
  const at = given.x === undefined ? { values: said.map((_, i) => i + 1), isTime: false } : readPlaces("forecast", "x", given.x);
  checkLengths("forecast", { forecast: said.length, truth: truth.length, x: at.values.length });
  const bands = readIntervals("forecast", given.intervals, said.length);
  const seriesOf = (name: string, values: readonly number[], place: number, colour: string): Series => ({
    name,
    place,
    colour,
    dash: undefined,
    points: values.map((y, i) => ({ x: at.values[i] ?? i, y })),
  });
  const panel = {
    series: [{ ...seriesOf("truth", truth, 1, truthColour), width: 2.5 }, seriesOf("forecast", said, 0, seriesColour(0))],
    isTime: at.isTime,
    x: { name: given.xLabel },
    y: { name: given.yLabel, format: given.format },
    bands: bands.map(({ low, high }) => ({
      colour: seriesColour(0),
      opacity: 0.16,
      points: low.map((one, i) => ({ x: at.values[i] ?? i, low: one, high: high[i] ?? Number.NaN })),
    })),
    hint: hintAt(
      at,
      [
        ...Object.entries({ truth, forecast: said }),
        ...bands.flatMap(
          ({ level, low, high }) =>
            [
              [`${percent(level, 0)} from`, low],
              ["to", high],
            ] as const,
        ),
      ],
      given.format ?? compact,
    ),
  };
  return figure(given, {
    legend: [
      { text: "truth", mark: "line", colour: truthColour },
      { text: "forecast", mark: "line", colour: seriesColour(0) },
      ...bands.map(({ level }): MarkKey => ({ text: `${percent(level, 0)} interval`, mark: "band", colour: seriesColour(0) })),
    ],
    warnings: [leftOut("the truth", truth), leftOut("the forecast", said)].filter((note) => note !== undefined),
    panels: [{ draw: (size, label) => linePanel(panel, size, label) }],
  });
}

export interface ReadInterval {
  readonly level: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** The widest first, so that the others lie on it. Throws SHAPE_MISMATCH for ends of another length than `length`. */
export function readIntervals(who: string, intervals: readonly Interval[], length: number): ReadInterval[] {
  const all = intervals.map(({ level, low, high }, i) => ({
    level,
    low: readList(who, `intervals[${i}].low`, low),
    high: readList(who, `intervals[${i}].high`, high),
  }));
  for (const { level, low, high } of all)
    checkLengths(who, { forecast: length, [`low of ${level}`]: low.length, [`high of ${level}`]: high.length });
  return all.toSorted((a, b) => b.level - a.level);
}

function hintAt(
  { values, isTime }: { readonly values: readonly number[]; readonly isTime: boolean },
  lists: readonly (readonly [string, readonly number[]])[],
  write: Format,
): (x: number) => string {
  const places = new Map(values.map((x, i) => [x, i]));
  return (x) => {
    const i = places.get(x) ?? 0;
    return [
      isTime ? new Date(x).toISOString().replace(/T00:00:00\.000Z$/, "") : compact(x),
      ...lists.map(([name, list]) => `${name} ${write(list[i] ?? Number.NaN)}`),
    ].join("\n");
  };
}
