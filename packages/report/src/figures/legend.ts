// What marks stand for, above a figure.
import { dashes, type DotSymbol, ink, pageColour, seriesColour, soft, warn } from "../colour/palette.ts";
import type { Ramp } from "../colour/ramps.ts";
import { tag } from "../markup/markup.ts";

export type Key = MarkKey | RampKey;

export interface MarkKey {
  readonly text: string;
  readonly mark: "line" | "dot" | "ring" | "square" | "band" | "rule" | "cross";
  /** A CSS colour; default the ink's. */
  readonly colour?: string;
  readonly dash?: string | undefined;
  /** Of a dot or a ring; default a circle. */
  readonly symbol?: DotSymbol;
}

/** From the lowest colour to the highest. */
export interface RampKey {
  readonly ramp: Ramp;
  readonly low: string;
  readonly middle: string;
  readonly high: string;
}

/** The key of a line of the series at this place. */
export function lineKey(text: string, place: number): MarkKey {
  return { text, mark: "line", colour: seriesColour(place), dash: dashes(place) };
}

export const missingKey: MarkKey = { text: "missing or not finite", mark: "cross", colour: warn };

/** The legend as markup; empty where there are no keys. */
export function legend(keys: readonly Key[], text: (plain: string) => string): string {
  if (keys.length === 0) return "";
  const items = keys.map((key) =>
    "ramp" in key ? tag("li", { class: "scale" }, ramp(key, text)) : tag("li", {}, swatch(key), text(key.text)),
  );
  return tag("ul", { class: "legend" }, ...items);
}

function ramp({ ramp: name, low, middle, high }: RampKey, text: (plain: string) => string): string {
  return [text(low), text(middle), text(high)].map((label) => tag("span", {}, label)).join("") + tag("i", { class: `ramp ${name}` });
}

/** Marks of one colour are told apart by their shape. */
const outlines: Readonly<Record<DotSymbol, string>> = {
  circle: "M16 7a5 5 0 1 0 -10 0a5 5 0 1 0 10 0",
  square: "M6.5 2.5h9v9h-9z",
  diamond: "M11 1l6 6l-6 6l-6 -6z",
  triangle: "M11 2l5.5 9.5h-11z",
};

const shapes: Readonly<Record<MarkKey["mark"], (colour: string, key: MarkKey) => string>> = {
  line: (colour, { dash }) => tag("line", { x1: 1, x2: 21, y1: 7, y2: 7, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": dash }),
  rule: (colour) => tag("line", { x1: 1, x2: 21, y1: 7, y2: 7, stroke: colour, "stroke-width": 1.5, "stroke-dasharray": "4 4" }),
  dot: (colour, { symbol = "circle" }) => tag("path", { d: outlines[symbol], fill: colour }),
  ring: (colour, { symbol = "circle" }) => tag("path", { d: outlines[symbol], fill: pageColour, stroke: colour, "stroke-width": 2 }),
  square: (colour) => tag("rect", { x: 5, y: 1, width: 12, height: 12, rx: 2, fill: colour }),
  band: (colour) => tag("rect", { x: 1, y: 1, width: 20, height: 12, rx: 2, fill: colour, "fill-opacity": 0.22 }),
  cross: (colour) => tag("path", { d: "M7 3l8 8M15 3l-8 8", stroke: colour, "stroke-width": 1.8 }),
};

function swatch(key: MarkKey): string {
  const { mark, colour = mark === "rule" ? soft : ink } = key;
  return tag("svg", { class: "key", viewBox: "0 0 22 14", width: 22, height: 14, "aria-hidden": "true" }, shapes[mark](colour, key));
}
