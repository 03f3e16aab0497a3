// Cells in rows and columns, coloured by what stands in them, with names at two sides: the plot behind heat maps, confusion and alignment.
import * as Plot from "@observablehq/plot";
import { faint, warn } from "../colour/palette.ts";
import { letterColour, levelOf, type Ramp, rampColour } from "../colour/ramps.ts";
import { drawn } from "../drawing/drawn.ts";
import type { Size } from "../drawing/size.ts";
import { textWidth, widestOf } from "../markup/textWidth.ts";
import { columnNames, rowNames } from "./cellNames.ts";
import { pooled } from "./pooled.ts";
import { axisNames } from "../drawing/marks.ts";

export interface MatrixPanel {
  /** From the top. */
  readonly values: readonly (readonly number[])[];
  readonly ramp: Ramp;
  /** Where a value stands on the ramp, 0 … 1; NaN for one that has no place. */
  readonly place: (value: number) => number;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly rowsName?: string | undefined;
  readonly columnsName?: string | undefined;
  /** Names of columns above, not below. */
  readonly columnsAbove?: boolean;
  /** Cells as wide as they are high, of at most so many pixels. */
  readonly square?: number;
  /** What is said in place of the columns' names where these have no room. */
  readonly instead?: string;
  /** What stands in a cell, where it has room. */
  readonly letters?: (row: number, column: number) => string;
  /** What a pointer over a cell is told, where there are few. */
  readonly hint?: (row: number, column: number) => string;
}

/** Cells of one row that look alike are one. */
interface Run {
  readonly row: number;
  readonly below: number;
  readonly from: number;
  readonly to: number;
  /** Undefined where the value has no place. */
  readonly level: number | undefined;
}

/** More cells than this tell no pointer what they are: the page would be mostly that. */
const mostHints = 600;

export function matrixPanel(panel: MatrixPanel, size: Size, label: string): string | undefined {
  const { values, rows, columns } = panel;
  const [height, width] = [values.length, values[0]?.length ?? 0];
  if (height === 0 || width === 0) return undefined;
  const left = Math.ceil(Math.min(size.width / 3, widestOf(rows) + 12));
  const cell = cellSize(panel, size.width - left - 8, height, width);
  const across = columnNames(columns, cell.width, panel.instead);
  const names = { x: panel.columnsAbove === true ? undefined : panel.columnsName, y: panel.rowsName };
  const above = panel.columnsAbove === true ? across.room : 0,
    below = panel.columnsAbove === true ? 6 : across.room;
  const margins = { marginTop: above + (names.y === undefined ? 6 : 30), marginBottom: below + (names.x === undefined ? 2 : 20) };
  const few = height * width <= mostHints;
  const { places, tall, broad } = pooled(values, panel.place);
  const runs = places.flatMap((row, i) => runsOf(row, { at: i * tall, tall, broad, width, height }, panel.ramp, few));
  return drawn(size, label, {
    ...margins,
    marginLeft: left,
    marginRight: Math.max(8, size.width - left - cell.width * width),
    height: margins.marginTop + margins.marginBottom + cell.height * height,
    x: { type: "linear", domain: [0, width] },
    y: { type: "linear", domain: [0, height], reverse: true },
    marks: [
      cells(runs, panel, few, cell),
      ...missing(runs, cell),
      ...cellLetters(panel, cell),
      rowNames(rows, cell.height, left),
      ...across.marks(panel.columnsAbove === true ? "top" : "bottom"),
      ...axisNames(names.x, names.y),
      Plot.frame({ stroke: faint }),
    ],
  });
}

interface Cell {
  readonly width: number;
  readonly height: number;
}

function cellSize({ square }: MatrixPanel, room: number, rows: number, columns: number): Cell {
  const width = room / columns;
  if (square !== undefined) {
    const side = Math.min(square, width);
    return { width: side, height: Math.max(side, columns > 4 ? 13 : 22) }; // so that rows keep their names
  }
  return { width, height: Math.min(26, Math.max(rows > 30 ? 360 / rows : 13, 360 / rows)) };
}

interface Grain {
  readonly at: number;
  readonly tall: number;
  readonly broad: number;
  readonly width: number;
  readonly height: number;
}

function runsOf(row: readonly number[], { at, tall, broad, width, height }: Grain, ramp: Ramp, single: boolean): Run[] {
  const runs: Run[] = [];
  for (const [i, share] of row.entries()) {
    const level = Number.isNaN(share) ? undefined : levelOf(ramp, share),
      last = runs.at(-1),
      to = Math.min(width, (i + 1) * broad);
    if (!single && last?.level === level && last !== undefined) runs[runs.length - 1] = { ...last, to };
    else runs.push({ row: at, below: Math.min(height, at + tall), from: i * broad, to, level });
  }
  return runs;
}

function cells(runs: readonly Run[], { ramp, hint }: MatrixPanel, few: boolean, cell: Cell): Plot.Markish {
  const fill = ({ level }: Run): string => (level === undefined ? faint : rampColour(ramp, level));
  const title = few && hint !== undefined ? { title: ({ row, from }: Run) => hint(row, from) } : {};
  const gap = Math.min(cell.width, cell.height) > 12 ? { inset: 0.5 } : { insetRight: -0.6, insetBottom: -0.6 }; // no page shows between cells that touch
  const place = { x1: "from", x2: "to", y1: "row", y2: "below" };
  return Plot.rect(runs, { ...place, fill: { value: fill, scale: null }, shapeRendering: "crispEdges", ...gap, ...title });
}

/** A cross in every cell, or run of cells, that is not finite. */
function missing(runs: readonly Run[], cell: Cell): Plot.Markish[] {
  const none = runs.filter(({ level }) => level === undefined);
  const r = Math.max(2, Math.min(5, cell.width / 3, cell.height / 3));
  const middle = { x: ({ from, to }: Run) => (from + to) / 2, y: ({ row, below }: Run) => (row + below) / 2 };
  return none.length === 0 ? [] : [Plot.dot(none, { ...middle, symbol: "times", r, stroke: warn, strokeWidth: 1.5 })];
}

function cellLetters({ values, letters, place, ramp }: MatrixPanel, cell: Cell): Plot.Markish[] {
  if (letters === undefined || cell.height < 15) return [];
  const all = values.flatMap((row, i) => row.map((value, j) => ({ row: i, column: j, value, text: letters(i, j) })));
  const lines = all.flatMap(({ text }) => text.split("\n"));
  if (lines.some((line) => textWidth(line) > cell.width - 4) || (lines.length > all.length && cell.height < 30)) return [];
  type One = (typeof all)[number];
  const colour = ({ value }: One): string => letterColour(ramp, levelOf(ramp, place(value)));
  const middle = { x: ({ column }: One) => column + 0.5, y: ({ row }: One) => row + 0.5 };
  return [
    Plot.text(
      all.filter(({ text, value }) => text !== "" && !Number.isNaN(place(value))),
      { ...middle, text: "text", fill: { value: colour, scale: null } },
    ),
  ];
}
