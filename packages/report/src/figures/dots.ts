// One number of several on several tasks: a line for each task, a dot for each of them.
import * as Plot from "@observablehq/plot";
import { anyNumber } from "@sluice/core/arguments";
import { optional, optionsOf, preset, recordOf, required, type Table as OptionTable } from "@sluice/nn/kit";
import { dotSymbol, faint, ink, pageColour, seriesColour, soft } from "../colour/palette.ts";
import { axisOf } from "../drawing/axis.ts";
import { drawn } from "../drawing/drawn.ts";
import type { Size } from "../drawing/size.ts";
import { countFor } from "../drawing/marks.ts";
import { cut, textWidth } from "../markup/textWidth.ts";
import { compact } from "../values/format.ts";
import { leftOut } from "../values/read.ts";
import { figure, type Figure, type FigureOptions, figureTable } from "./figure.ts";
import type { MarkKey } from "./legend.ts";
import { type Format, format, numbersByName, scaleName, texts } from "../values/rules.ts";

export interface DotsOptions extends FigureOptions {
  /** By the name of the line, then by that of the dot. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Default "linear". */
  readonly scale?: "linear" | "log";
  readonly format?: Format;
  /** Places of dashed rules, by what they are. */
  readonly rules?: Readonly<Record<string, number>>;
  /** Names whose colours are these in this order; default as they come. */
  readonly palette?: readonly string[];
  /** Names whose dots are rings. */
  readonly hollow?: readonly string[];
}

const dotsTable = {
  ...figureTable,
  rows: required(recordOf(recordOf(anyNumber))),
  scale: preset(scaleName, "linear"),
  format: preset(format, compact),
  rules: preset(numbersByName, {}),
  palette: optional(texts),
  hollow: preset(texts, []),
} satisfies OptionTable<DotsOptions>;

interface Mark {
  readonly row: number;
  readonly name: string;
  readonly value: number;
}

/** A dot for each number of each line. Throws INVALID_ARGUMENT for options that there are not or are not what they must be. */
export function dots(options: DotsOptions): Figure {
  const given = optionsOf<DotsOptions, typeof dotsTable>("dots", dotsTable, options);
  const marks = Object.values(given.rows).flatMap((row, i) => Object.entries(row).map(([name, value]): Mark => ({ row: i, name, value })));
  const seen = [...new Set(marks.map(({ name }) => name))];
  const palette = [...(given.palette ?? []), ...seen.filter((name) => given.palette?.includes(name) !== true)];
  const note = leftOut(
    "the dots",
    marks.map(({ value }) => value),
  );
  const key = (name: string): MarkKey => ({
    text: name,
    mark: given.hollow.includes(name) ? "ring" : "dot",
    symbol: dotSymbol(palette.indexOf(name)),
    colour: seriesColour(palette.indexOf(name)),
  });
  const dashed = Object.entries(given.rules).map(([name, value]): MarkKey => ({ text: `${name}, ${given.format(value)}`, mark: "rule" }));
  return figure(given, {
    legend: [...palette.filter((name) => seen.includes(name)).map(key), ...dashed],
    warnings: note === undefined ? [] : [note],
    panels: [{ draw: (size, label) => panel({ ...given, marks, palette }, size, label) }],
  });
}

interface Drawing {
  readonly rows: DotsOptions["rows"];
  readonly marks: readonly Mark[];
  readonly palette: readonly string[];
  readonly hollow: readonly string[];
  readonly scale: "linear" | "log";
  readonly format: Format;
  readonly rules: Readonly<Record<string, number>>;
}

/** A mark for each shape that there is. */
function circles(
  all: readonly Mark[],
  dy: number,
  { palette, hollow, format: write }: Pick<Drawing, "palette" | "hollow" | "format">,
): Plot.Markish[] {
  const colour = ({ name }: Mark): string => seriesColour(palette.indexOf(name));
  const style = {
    x: "value",
    y: "row",
    dy,
    r: 4.5,
    strokeWidth: 2,
    stroke: { value: colour, scale: null },
    fill: { value: (mark: Mark) => (hollow.includes(mark.name) ? pageColour : colour(mark)), scale: null },
    title: ({ name, value }: Mark) => `${name}: ${write(value)}`,
  };
  const shapes = new Set(all.map(({ name }) => dotSymbol(palette.indexOf(name))));
  return [...shapes].map((symbol) =>
    Plot.dot(
      all.filter(({ name }) => dotSymbol(palette.indexOf(name)) === symbol),
      { ...style, symbol },
    ),
  );
}

function panel({ rows, marks, palette, hollow, scale, format: write, rules }: Drawing, size: Size, label: string): string | undefined {
  const names = Object.keys(rows);
  const drawable = marks.filter(({ value }) => Number.isFinite(value) && (scale === "linear" || value > 0));
  const isWide = size.width >= 600,
    room = isWide ? Math.min(size.width / 3, Math.max(...names.map((name) => textWidth(name))) + 16) : 8;
  const values = [...drawable.map(({ value }) => value), ...Object.values(rules)];
  const x = axisOf(values, { type: scale, count: countFor(size.width - room, "1,000 MiB"), format: write });
  if (x === undefined || drawable.length === 0) return undefined;
  const pitch = isWide ? 22 : 36,
    dy = isWide ? 0 : 7;
  return drawn(size, label, {
    height: names.length * pitch + 30,
    marginTop: 26,
    marginBottom: 4,
    marginLeft: room,
    marginRight: 24,
    x: { type: x.type, domain: [...x.domain] },
    y: { type: "band", domain: [...names.keys()], padding: 0 },
    marks: [
      Plot.gridX([...x.ticks], { stroke: faint, strokeOpacity: 1 }),
      Plot.axisX([...x.ticks], { anchor: "top", tickSize: 0, tickPadding: 8, text: x.format, label: null, fill: soft }),
      Plot.ruleY([...names.keys()], { stroke: faint, dy }),
      Plot.ruleX(Object.values(rules), { stroke: soft, strokeDasharray: "4 4" }),
      Plot.text(names, {
        y: (_, i: number) => i,
        frameAnchor: "left",
        fill: ink,
        text: (name: string) => cut(name, isWide ? room - 16 : size.width),
        textAnchor: isWide ? "end" : "start",
        dx: isWide ? -14 : -8,
        dy: isWide ? 0 : -9,
      }),
      ...circles(drawable, dy, { palette, hollow, format: write }),
    ],
  });
}
