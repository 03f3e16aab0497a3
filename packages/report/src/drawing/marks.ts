// Marks that most plots share: faint lines with numbers, rules, letters.
import * as Plot from "@observablehq/plot";
import { faint, ink, pageColour, soft } from "../colour/palette.ts";
import { textWidth } from "../markup/textWidth.ts";
import { type Axis, widest } from "./axis.ts";

/** Numbers at the left, each with a faint line through the plot; the one at 0 stands out. */
export function verticalAxis({ ticks, format }: Axis): Plot.Markish[] {
  const values = [...ticks];
  return [
    Plot.gridY(
      values.filter((value) => value !== 0),
      { stroke: faint, strokeOpacity: 1 },
    ),
    Plot.ruleY(
      values.filter((value) => value === 0),
      { stroke: soft },
    ),
    Plot.axisY(values, { tickSize: 0, tickPadding: 7, text: format, label: null, fill: soft }),
  ];
}

/** Numbers under the plot. */
export function horizontalAxis({ ticks, format }: Axis, grid = false): Plot.Markish[] {
  const values = [...ticks];
  return [
    ...(grid ? [Plot.gridX(values, { stroke: faint, strokeOpacity: 1 })] : []),
    Plot.axisX(values, { tickSize: 0, tickPadding: 11, text: format, label: null, fill: soft }),
  ];
}

/** Days, months or years under the plot, as Plot chooses them. */
export function timeAxis(width: number): Plot.Markish[] {
  return [Plot.axisX({ tickSize: 4, tickSpacing: width < 500 ? 64 : 80, label: null, color: soft, stroke: faint, fill: soft })];
}

/** What axes measure: the vertical one over its numbers, the horizontal one under the right end of its own. */
export function axisNames(x: string | undefined, y: string | undefined): Plot.Markish[] {
  const name = (text: string, options: Plot.TextOptions): Plot.Markish => Plot.text([text], { fill: soft, ...options });
  return [
    ...(y === undefined ? [] : [name(y, { frameAnchor: "top-left", textAnchor: "start", dx: 0, dy: -20 })]),
    ...(x === undefined ? [] : [name(x, { frameAnchor: "bottom-right", textAnchor: "end", dy: 35, lineAnchor: "top" })]),
  ];
}

/** Letters that stay readable on lines. */
export const halo = { fill: ink, stroke: pageColour, strokeWidth: 4 } as const;

export interface Around {
  /** Names of the axes. */
  readonly x?: string | undefined;
  readonly y?: string | undefined;
  /** Years stand under months. */
  readonly isTime?: boolean;
  /** Something is written over the plot. */
  readonly isTitled?: boolean;
}

export interface Margins {
  readonly marginTop: number;
  readonly marginRight: number;
  readonly marginBottom: number;
  readonly marginLeft: number;
}

/** Room around the plot for its numbers and names. */
export function roomFor(y: Axis, { x: across, y: upwards, isTime = false, isTitled = false }: Around = {}): Margins {
  return {
    marginTop: upwards !== undefined || isTitled ? 30 : 12,
    marginRight: 14,
    marginBottom: (across === undefined ? 29 : 49) + (isTime ? 14 : 0),
    marginLeft: Math.ceil(widest(y)) + 10,
  };
}

/** Heights of labels in pixels, moved down where they would stand on each other, and up again where the last would leave the plot. */
export function spread(wanted: readonly number[], gap: number, lowest: number): number[] {
  const order = [...wanted.keys()].toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
  const at = new Array<number>(wanted.length).fill(0);
  let free = -Infinity;
  for (const i of order) at[i] = free = Math.max(wanted[i] ?? 0, free + gap);
  let most = lowest;
  for (const i of order.toReversed()) most = (at[i] = Math.min(at[i] ?? 0, most)) - gap;
  return at;
}

/** How many numbers stand side by side in so many pixels. */
export function countFor(width: number, label: string): number {
  return Math.max(2, Math.floor(width / (textWidth(label) + 28)));
}
