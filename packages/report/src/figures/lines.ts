// Lines over a common axis, for whatever grows or falls.
import { boolean, text } from "@sluice/core/arguments";
import { optional, optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import type { Table } from "../tables/table.ts";
import { compact } from "../values/format.ts";
import { extent, leftOut } from "../values/read.ts";
import { figure, type Figure, type FigureOptions, figureTable } from "./figure.ts";
import { lineKey, type MarkKey } from "./legend.ts";
import { linePanel } from "../panels/linePanel.ts";
import { type Format, format, numbersByName, type Places, places, scaleName, texts } from "../values/rules.ts";
import { type Point, readSeries, type Series, seriesByName, type SeriesLike } from "../values/series.ts";
import { madeTable } from "../tables/rule.ts";

export interface LinesOptions extends FigureOptions {
  /** By name, in the order of their colours. */
  readonly series: Readonly<Record<string, SeriesLike>>;
  /** Where the numbers of series without places of their own stand; default 1, 2, 3, … */
  readonly x?: Places;
  /** What the axes measure; default unsaid. */
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Default "linear"; on "log" what is not above 0 is left out. */
  readonly xScale?: "linear" | "log";
  readonly yScale?: "linear" | "log";
  readonly xFormat?: Format;
  readonly yFormat?: Format;
  /** Heights of dashed rules, by what they are. */
  readonly rules?: Readonly<Record<string, number>>;
  /** A dashed line of the first power, through the lowest point of the largest x: what runs beside it on two "log" scales grows in proportion. Default false. */
  readonly proportional?: boolean;
  /** A mark at every number; default false. */
  readonly dots?: boolean;
  /** Names whose colours are these in this order, so that a name has one colour in several figures. */
  readonly palette?: readonly string[];
  /** Names whose marks are rings. */
  readonly hollow?: readonly string[];
  readonly table?: Table;
}

const linesTable = {
  ...figureTable,
  series: required(seriesByName),
  x: optional(places),
  xLabel: optional(text),
  yLabel: optional(text),
  xScale: preset(scaleName, "linear"),
  yScale: preset(scaleName, "linear"),
  xFormat: optional(format),
  yFormat: optional(format),
  rules: preset(numbersByName, {}),
  proportional: preset(boolean, false),
  dots: preset(boolean, false),
  palette: preset(texts, []),
  hollow: preset(texts, []),
  table: optional(madeTable),
} satisfies OptionTable<LinesOptions>;

/**
 * Lines by name. Numbers that are not finite break their line, and are told.
 *
 * Throws INVALID_ARGUMENT for options that there are not or are not what they must be, SHAPE_MISMATCH for x and y of different lengths, NOT_FINITE for an x that is not.
 */
export function lines(options: LinesOptions): Figure {
  const given = optionsOf<LinesOptions, typeof linesTable>("lines", linesTable, options);
  const { series, isTime } = readSeries("lines", given.series, given.x, given.palette);
  const rules = Object.entries(given.rules);
  const write = given.yFormat ?? compact;
  const panel = {
    series,
    isTime,
    x: { name: given.xLabel, scale: given.xScale, format: given.xFormat },
    y: { name: given.yLabel, scale: given.yScale, format: given.yFormat },
    rules: rules.map(([, height]) => height),
    guides: given.proportional ? firstPower(series) : [],
    dots: given.dots,
    hollow: given.hollow,
    named: series.length > 1,
    whole:
      given.x === undefined && given.xFormat === undefined && series.every(({ points }) => points.every(({ x }) => Number.isInteger(x))),
  };
  const dashed = rules.map(([name, height]): MarkKey => ({ text: `${name}, ${write(height)}`, mark: "rule" }));
  return figure(given, {
    legend: [
      ...(series.length > 1 ? series.toSorted((a, b) => a.place - b.place).map(({ name, place }) => lineKey(name, place)) : []),
      ...dashed,
    ],
    warnings: [
      ...series.map(({ name, points }) =>
        leftOut(
          name,
          points.map(({ y }) => y),
        ),
      ),
      belowZero(series, given.yScale),
    ].filter((note) => note !== undefined),
    panels: [{ draw: (size, label) => linePanel(panel, size, label) }],
    table: given.table,
  });
}

function belowZero(series: readonly Series[], scale: "linear" | "log"): string | undefined {
  const count = scale === "log" ? series.flatMap(({ points }) => points).filter(({ y }) => y <= 0).length : 0;
  return count === 0 ? undefined : `${count} of the values are not above 0, and have no place on a scale of powers.`;
}

/** From the smallest x to the largest, where it meets the lowest. */
function firstPower(series: readonly Series[]): (readonly [Point, Point])[] {
  const points = series.flatMap((one) => one.points).filter(({ x, y }) => x > 0 && y > 0 && Number.isFinite(y));
  const [from, to] = extent(points.map(({ x }) => x)) ?? [0, 0];
  const [low] = extent(points.filter(({ x }) => x === to).map(({ y }) => y)) ?? [0];
  return from < to
    ? [
        [
          { x: from, y: (low * from) / to },
          { x: to, y: low },
        ],
      ]
    : [];
}
