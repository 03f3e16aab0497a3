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
    noteRoom = isWide ? Math.max(...bars.map(({ note = "" }) => (note === "" ? 0 : textWidth(note) + 14))) : 0,
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
      whiskers(rows, isWide),
      cutEnds(rows, isWide),
      ...(from < 0 ? [Plot.ruleX([0], { stroke: soft })] : []),
      ...rows.flatMap((row) => letters(row, { isWide, nameRoom, valueRoom, noteRoom, format, width: size.width })),
    ],
  });
}

/** From 0 to the longest, or to where bars are cut. */
function range(bars: readonly Bar[], cut: number | undefined): { readonly from: number; readonly to: number } {
  const values = bars.map(({ value }) => value).filter(Number.isFinite);
  const ends = bars.flatMap(({ value, low, high }) => (Number.isFinite(value) ? [value, low ?? value, high ?? value] : []));
  const most = Math.max(0, ...ends),
    least = Math.min(0, ...ends),
    shortest = Math.min(...values.filter((value) => value > 0), Infinity);
  const to = cut === undefined ? most : Math.min(most, shortest * cut);
  return { from: least, to: to > least ? to : least + 1 };
}

/** Under the letters on a phone. */
const over = 22;

function rects(rows: readonly Row[], isWide: boolean): Plot.Markish {
  const insets = isWide ? { insetTop: 8, insetBottom: 8 } : { insetTop: over, insetBottom: 10 };
  const fill = ({ bar }: Row): string => (bar.strong === true ? seriesColour(0) : "var(--bar)");
  return Plot.barX(rows, { x1: 0, x2: "to", y: "at", fill: { value: fill, scale: null }, rx: 1.5, ...insets }); // colours as they are
}

function whiskers(rows: readonly Row[], isWide: boolean): Plot.Markish {
  const known = rows.filter(({ bar: { low, high }, isCut }) => low !== undefined && high !== undefined && !isCut);
  const x = (end: "low" | "high") => (row: Row) => row.bar[end] ?? row.to;
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
  readonly noteRoom: number;
  readonly format: Format;
  readonly width: number;
}

function letters({ bar, at }: Row, { isWide, nameRoom, valueRoom, noteRoom, format, width }: Rooms): Plot.Markish[] {
  const { label: name, value, note = "", strong } = bar;
  const style = { y: () => at, fill: ink, ...(strong === true ? { fontWeight: 650 } : {}) };
  if (isWide)
    return [
      Plot.text([cutText(name, nameRoom - 14, 12.6)], { ...style, frameAnchor: "left", textAnchor: "end", dx: -12 }),
      Plot.text([format(value)], { ...style, frameAnchor: "right", textAnchor: "end", dx: valueRoom }),
      ...(note === ""
        ? []
        : [Plot.text([note], { ...style, frameAnchor: "right", textAnchor: "end", dx: valueRoom + noteRoom, fill: soft })]),
    ];
  const end = note === "" ? format(value) : `${format(value)}  ${note}`;
  return [
    Plot.text([cutText(name, width - textWidth(end) - 16)], { ...style, frameAnchor: "left", textAnchor: "start", dy: -12 }),
    Plot.text([end], { ...style, frameAnchor: "right", textAnchor: "end", dy: -12 }),
  ];
}
