// One plot of lines, with bands, dashed rules and a point that stands out where they are asked for.
import * as Plot from "@observablehq/plot";
import { faint, ink, pageColour, soft } from "../colour/palette.ts";
import { type Axis, axisOf } from "../drawing/axis.ts";
import { drawn } from "../drawing/drawn.ts";
import { heightOf, type Size } from "../drawing/size.ts";
import { axisNames, countFor, horizontalAxis, roomFor, spread, timeAxis, verticalAxis } from "../drawing/marks.ts";
import { px } from "../markup/markup.ts";
import { cut, textWidth } from "../markup/textWidth.ts";
import { compact, grouped } from "../values/format.ts";
import type { Format } from "../values/rules.ts";
import type { Point, Series } from "../values/series.ts";
import { type Span, thinned, thinnedBand } from "./thinned.ts";

export interface LinePanel {
  readonly series: readonly Series[];
  readonly isTime?: boolean;
  readonly x?: AxisOptions;
  readonly y?: AxisOptions;
  /** Heights of dashed rules. */
  readonly rules?: readonly number[];
  /** Dashed straight lines between two points. */
  readonly guides?: readonly (readonly [Point, Point])[];
  readonly bands?: readonly Band[];
  /** One point with what is written over it. */
  readonly best?: { readonly point: Point; readonly text: string; readonly colour: string };
  /** A mark at every number. */
  readonly dots?: boolean;
  /** Names whose marks are rings. */
  readonly hollow?: readonly string[];
  /** Names at the ends of the lines, where there is room. */
  readonly named?: boolean;
  /** What a pointer over a place is told. */
  readonly hint?: (x: number) => string;
  /** Numbers under the plot are whole, and these alone. */
  readonly whole?: boolean;
}

export interface AxisOptions {
  readonly name?: string | undefined;
  readonly scale?: "linear" | "log" | undefined;
  readonly format?: Format | undefined;
}

/** Between `low` and `high` at each place. */
export interface Band {
  readonly points: readonly Span[];
  readonly colour: string;
  readonly opacity: number;
}

export function linePanel(panel: LinePanel, size: Size, label: string): string | undefined {
  const { series, isTime = false, rules = [], guides = [], bands = [] } = panel;
  const drawable = series.map((one) => ({ ...one, points: one.points.filter((point) => fits(point, panel)) }));
  const all = [...drawable.flatMap(({ points }) => points), ...guides.flat()];
  const heights = [
    ...all.map((point) => point.y),
    ...rules,
    ...bands.flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high])),
  ];
  const y = axisOf(heights, { type: panel.y?.scale ?? "linear", count: size.width < 300 ? 4 : 5, format: panel.y?.format });
  if (y === undefined || all.length === 0) return undefined;
  const names = { x: panel.x?.name, y: panel.y?.name };
  const ends = panel.named === true && size.width >= 600 ? drawable.filter(({ points }) => points.length > 0) : [];
  const room = {
    ...roomFor(y, { ...names, isTime, isTitled: panel.best !== undefined }),
    ...(ends.length > 0 ? { marginRight: Math.min(180, 24 + Math.max(...ends.map(({ name }) => textWidth(name)))) } : {}),
  };
  const height = heightOf(size),
    width = size.width - room.marginLeft - room.marginRight;
  const places = all.map((point) => point.x);
  const x = isTime
    ? undefined
    : axisOf(places, { type: panel.x?.scale ?? "linear", count: countFor(width, "1,000"), format: panel.x?.format, nice: false });
  if (!isTime && x === undefined) return undefined;
  const across = x === undefined ? timeAxis(size.width) : horizontalAxis(placed(x, places, panel.whole === true));
  return drawn(size, label, {
    ...room,
    height,
    x: x === undefined ? { type: "utc" } : { type: x.type, domain: [...x.domain] },
    y: { type: y.type, domain: [...y.domain] },
    marks: [
      ...verticalAxis(y),
      ...across,
      ...axisNames(names.x, names.y),
      ...bands.map((band) => area({ ...band, points: thinnedBand(band.points, width) }, isTime)),
      Plot.ruleY([...rules], { stroke: soft, strokeDasharray: "4 4" }),
      ...guides.map((guide) => Plot.line(guide, { x: "x", y: "y", stroke: soft, strokeDasharray: "4 4" })),
      ...series.map((one) => line({ ...one, points: thinned(one.points, width) }, panel)),
      ...drawable.flatMap((one) => dots({ ...one, points: thinned(one.points, width / 8) }, panel)),
      ...endNames(ends, y, { top: room.marginTop, bottom: height - room.marginBottom }, room.marginRight),
      ...best(panel, x?.domain),
      ...hints(drawable, panel, size),
    ],
  });
}

function fits({ x, y }: Point, panel: LinePanel): boolean {
  return Number.isFinite(y) && (panel.y?.scale !== "log" || y > 0) && (panel.x?.scale !== "log" || x > 0);
}

function placed(x: Axis, places: readonly number[], whole: boolean): Axis {
  const own = [...new Set(places)];
  const ticks = x.type === "log" && own.length <= x.ticks.length + 6 && own.length <= 10 ? own : x.ticks; // sizes that were tried, where they are few
  return whole ? { ...x, ticks: ticks.filter(Number.isInteger), format: grouped } : { ...x, ticks };
}

const momentOf = (isTime: boolean | undefined) =>
  isTime === true ? (point: { x: number }) => new Date(point.x) : (point: { x: number }) => point.x;

/** It breaks where a number is missing. */
function line({ points, colour, dash, width = 1.75 }: Series, panel: LinePanel): Plot.Markish {
  const y = (point: Point): number => (fits(point, panel) ? point.y : Number.NaN);
  const style = { stroke: colour, strokeWidth: width, ...(dash === undefined ? {} : { strokeDasharray: dash }) };
  return Plot.line(points, { x: momentOf(panel.isTime), y, ...style });
}

/** Every point where dots are asked for, otherwise those that no line reaches. */
function dots({ points, colour, name }: Series, panel: LinePanel): Plot.Markish[] {
  const shown = panel.dots === true ? points : points.length === 1 ? points : [];
  if (shown.length === 0) return [];
  const title =
    panel.dots === true
      ? (point: Point) => `${name} at ${(panel.x?.format ?? compact)(point.x)}: ${(panel.y?.format ?? compact)(point.y)}`
      : undefined;
  const look = panel.hollow?.includes(name) === true ? { fill: pageColour, stroke: colour, strokeWidth: 2 } : { fill: colour };
  return [Plot.dot(shown, { x: momentOf(panel.isTime), y: "y", r: 3.5, ...look, ...(title === undefined ? {} : { title }) })];
}

function area({ points, colour, opacity }: Band, isTime: boolean): Plot.Markish {
  return Plot.areaY(points, { x: momentOf(isTime), y1: "low", y2: "high", fill: colour, fillOpacity: opacity });
}

/** Beside their last points, apart from each other. */
function endNames(
  ends: readonly Series[],
  { type, domain }: Axis,
  frame: { readonly top: number; readonly bottom: number },
  room: number,
): Plot.Markish[] {
  const place = (value: number): number => (type === "log" ? Math.log(value) : value);
  const [low, high] = [place(domain[0]), place(domain[1])];
  const heights = ends.map(
    ({ points }) => frame.bottom - ((place(points.at(-1)?.y ?? 0) - low) / (high - low)) * (frame.bottom - frame.top),
  );
  const at = spread(heights, 15, frame.bottom);
  return ends.map(({ name, colour }, i) =>
    Plot.text([cut(name, room - 16)], {
      frameAnchor: "top-right",
      textAnchor: "start",
      dx: 10,
      dy: px((at[i] ?? 0) - frame.top),
      lineAnchor: "middle",
      fill: colour,
    }),
  );
}

/** A rule down from what is written over the plot, where no line is in its way. */
function best({ best: found, isTime }: LinePanel, domain: readonly [number, number] | undefined): Plot.Markish[] {
  if (found === undefined) return [];
  const { point, text, colour } = found,
    share = domain === undefined ? 0.5 : (point.x - domain[0]) / (domain[1] - domain[0]),
    textAnchor = share < 0.25 ? "start" : share > 0.75 ? "end" : "middle";
  const x = momentOf(isTime);
  return [
    Plot.ruleX([point], { x, stroke: soft, strokeDasharray: "2 3" }),
    Plot.dot([point], { x, y: "y", r: 5, fill: pageColour, stroke: colour, strokeWidth: 2.5 }),
    Plot.text([point], { x, frameAnchor: "top", dy: -16, text: () => text, textAnchor, fill: ink }),
  ];
}

/** More places than a pointer can part. */
const mostHints = 500;

/** Nothing to see: a strip for each place that says its numbers. */
function hints(series: readonly Series[], { hint, isTime }: LinePanel, { name }: Size): Plot.Markish[] {
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].toSorted((a, b) => a - b);
  if (hint === undefined || name === "narrow" || places.length < 2 || places.length > mostHints) return [];
  const strips = places.map((x, i) => ({ x, from: (x + (places[i - 1] ?? x)) / 2, to: (x + (places[i + 1] ?? x)) / 2 }));
  const at = (value: number): number | Date => (isTime === true ? new Date(value) : value);
  return [
    Plot.rect(strips, { x1: ({ from }) => at(from), x2: ({ to }) => at(to), fill: faint, fillOpacity: 0, title: ({ x }) => hint(x) }),
  ];
}
