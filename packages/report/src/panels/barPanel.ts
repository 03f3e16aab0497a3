// Bars at the two sizes: names at the left of them, or over them where there is no room beside.
import * as Plot from "@observablehq/plot";
import { ink, pageColour, seriesColour, soft } from "../colour/palette.ts";
import { drawn } from "../drawing/drawn.ts";
import type { Size } from "../drawing/size.ts";
import { cut as cutText, textWidth } from "../markup/textWidth.ts";
import type { Format } from "../values/rules.ts";

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The ends of its interval; default none. */
  readonly low?: number;
  readonly high?: number;
  /** What stands behind the number. */
  readonly note?: string;
  /** One that the figure is about; default false. */
  readonly strong?: boolean;
}

interface Bars {
  readonly bars: readonly Bar[];
  readonly format: Format;
  readonly cut?: number | undefined;
}

interface Row {
  readonly bar: Bar;
  readonly at: number;
  /** Where the bar ends; 0 where its number is not finite. */
  readonly to: number;
  readonly isCut: boolean;
}

export function barPanel({ bars, format, cut }: Bars, size: Size, label: string): string {
  const isWide = size.width >= 600;
  const { from, to } = range(bars, cut);
  const rows = bars.map((bar, at): Row => ({
    bar,
    at,
    to: Number.isFinite(bar.value) ? Math.min(to, bar.value) : 0,
    isCut: bar.value > to,
  }));
  const valueRoom = Math.max(...bars.map(({ value }) => textWidth(format(value)))) + 14,
    noteRoom = isWide ? Math.max(...bars.map(({ note = "" }) => (note === "" ? 0 : textWidth(note) + 18))) : 0,
    nameRoom = isWide ? Math.min(size.width / 3, Math.max(...bars.map(({ label: name }) => textWidth(name, 12.6))) + 14) : 0;
  const pitch = isWide ? 28 : 44;
  return drawn(size, label, {
    height: bars.length * pitch + 8,
    marginTop: 4,
    marginBottom: 4,
    marginLeft: Math.max(1, nameRoom),
    marginRight: isWide ? valueRoom + noteRoom : 1,
    x: { type: "linear", domain: [from, to] },
    y: { type: "band", domain: rows.map(({ at }) => at), padding: 0 },
    marks: [
      rects(rows, isWide),
      whiskers(rows, { from, to }, isWide),
      cutEnds(rows, isWide),
      ...(from < 0 ? [Plot.ruleX([0], { stroke: soft })] : []),
      ...letters(rows, { isWide, nameRoom, valueRoom, format, width: size.width }),
    ],
  });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** From 0 to the longest, or to where bars are cut. */
function range(bars: readonly Bar[], cut: number | undefined): Range {
  const values = bars.map(({ value }) => value).filter(Number.isFinite);
  const ends = bars.flatMap(({ value, low, high }) => (Number.isFinite(value) ? [value, low ?? value, high ?? value] : []));
  const most = Math.max(0, ...ends),
    least = Math.min(0, ...ends),
    shortest = Math.min(...values.filter((value) => value > 0), Infinity);
  const to = cut === undefined ? most : Math.min(most, shortest * cut);
  return { from: least, to: to - least > 1e-290 ? to : least + 1 }; // what is less cannot be divided by
}

/** Under the letters on a phone. */
const over = 22;

function rects(rows: readonly Row[], isWide: boolean): Plot.Markish {
  const insets = isWide ? { insetTop: 8, insetBottom: 8 } : { insetTop: over, insetBottom: 10 };
  const fill = ({ bar }: Row): string => (bar.strong === true ? seriesColour(0) : "var(--bar)");
  return Plot.barX(rows, { x1: 0, x2: "to", y: "at", fill: { value: fill, scale: null }, rx: 1.5, ...insets }); // colours as they are
}

function whiskers(rows: readonly Row[], { from, to }: Range, isWide: boolean): Plot.Markish {
  const known = rows.filter(({ bar: { low, high }, isCut }) => low !== undefined && high !== undefined && !isCut);
  const x = (end: "low" | "high") => (row: Row) => Math.min(to, Math.max(from, row.bar[end] ?? row.to));
  return Plot.ruleY(known, { x1: x("low"), x2: x("high"), y: "at", stroke: ink, strokeWidth: 2, dy: isWide ? 0 : (over - 10) / 2 });
}

/** Two gaps near the end. */
function cutEnds(rows: readonly Row[], isWide: boolean): Plot.Markish[] {
  const long = rows.filter(({ isCut }) => isCut);
  const gap = (dx: number): Plot.Markish =>
    Plot.text(long, {
      x: "to",
      y: "at",
      text: () => "⁄",
      fontSize: 22,
      fontWeight: 700,
      fill: pageColour,
      dx,
      dy: isWide ? 0 : (over - 10) / 2,
    });
  return [gap(-12), gap(-20)];
}

interface Rooms {
  readonly isWide: boolean;
  readonly nameRoom: number;
  readonly valueRoom: number;
  readonly format: Format;
  readonly width: number;
}

/** Of those the figure is about in bold letters, of the others in plain ones. */
function letters(rows: readonly Row[], rooms: Rooms): Plot.Markish[] {
  return [true, false].flatMap((isStrong) => {
    const own = rows.filter(({ bar }) => (bar.strong === true) === isStrong);
    return rooms.isWide ? besideBars(own, isStrong, rooms) : overBars(own, isStrong, rooms);
  });
}

function besideBars(rows: readonly Row[], isStrong: boolean, { nameRoom, valueRoom, format }: Rooms): Plot.Markish[] {
  const [plain, style] = stylesOf(isStrong);
  const name = ({ bar }: Row): string => cutText(bar.label, nameRoom - 14, 12.6);
  return [
    Plot.text(rows, { ...style, text: name, frameAnchor: "left", textAnchor: "end", dx: -12 }),
    Plot.text(rows, { ...style, text: ({ bar }) => format(bar.value), frameAnchor: "right", textAnchor: "end", dx: valueRoom }),
    Plot.text(
      rows.filter(({ bar }) => bar.note !== undefined),
      { ...plain, text: ({ bar }) => bar.note ?? "", frameAnchor: "right", textAnchor: "start", dx: valueRoom + 16, fill: soft },
    ),
  ];
}

function overBars(rows: readonly Row[], isStrong: boolean, { format, width }: Rooms): Plot.Markish[] {
  const [, style] = stylesOf(isStrong);
  const end = ({ bar }: Row): string => (bar.note === undefined ? format(bar.value) : `${format(bar.value)}  ${bar.note}`);
  const name = (row: Row): string => cutText(row.bar.label, width - textWidth(end(row)) - 16);
  return [
    Plot.text(rows, { ...style, text: name, frameAnchor: "left", textAnchor: "start", dy: -12 }),
    Plot.text(rows, { ...style, text: end, frameAnchor: "right", textAnchor: "end", dy: -12 }),
  ];
}

function stylesOf(isStrong: boolean): readonly [Plot.TextOptions, Plot.TextOptions] {
  const plain = { y: "at", fill: ink };
  return [plain, isStrong ? { ...plain, fontWeight: 650 } : plain];
}
