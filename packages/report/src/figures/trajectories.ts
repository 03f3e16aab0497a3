// Ways through a plane, coloured by step: states of a network on two principal axes.
import * as Plot from "@observablehq/plot";
import { text } from "@sluice/core/arguments";
import { SluiceError } from "@sluice/core";
import { isRecord, optional, optionsOf, required, type Table as OptionTable } from "@sluice/nn/kit";
import { ink, pageColour } from "../colour/palette.ts";
import { levels, rampColour } from "../colour/ramps.ts";
import { type Axis, axisOf } from "../drawing/axis.ts";
import { drawn } from "../drawing/drawn.ts";
import type { Size } from "../drawing/size.ts";
import { axisNames, countFor, halo, horizontalAxis, roomFor, verticalAxis } from "../drawing/marks.ts";
import { cut, textWidth } from "../markup/textWidth.ts";
import { extent, readMatrix } from "../values/read.ts";
import { figure, type Figure, type FigureOptions, figureTable, type Numbers } from "./figure.ts";
import { numbers } from "../values/rules.ts";

export interface TrajectoriesOptions extends FigureOptions {
  /** By name, [steps, 2] each. */
  readonly paths: Readonly<Record<string, Numbers>>;
  /** What the axes measure; default unsaid. */
  readonly xLabel?: string;
  readonly yLabel?: string;
}

const paths = {
  expected: "a record of [steps, 2] by name",
  accepts: (value: unknown): value is Readonly<Record<string, Numbers>> => isRecord(value) && Object.values(value).every(numbers.accepts),
};

const trajectoriesTable = {
  ...figureTable,
  paths: required(paths),
  xLabel: optional(text),
  yLabel: optional(text),
} satisfies OptionTable<TrajectoriesOptions>;

interface Step {
  readonly x: number;
  readonly y: number;
  readonly step: number;
}

interface Path {
  readonly name: string;
  /** Those that are finite. */
  readonly steps: readonly Step[];
}

/**
 * A line for each path, from the ramp's first colour at the first step to its last at the last; a ring where it begins, a dot and its name where it ends. Both axes have one scale.
 *
 * Throws SHAPE_MISMATCH for a path that is not [steps, 2], INVALID_ARGUMENT for options that there are not or are not what they must be.
 */
export function trajectories(options: TrajectoriesOptions): Figure {
  const given = optionsOf<TrajectoriesOptions, typeof trajectoriesTable>("trajectories", trajectoriesTable, options);
  const all = Object.entries(given.paths).map(([name, values]) => ({ name, rows: readMatrix("trajectories", `paths.${name}`, values) }));
  for (const { name, rows } of all)
    if (rows.length > 0 && rows[0]?.length !== 2)
      throw new SluiceError({
        code: "SHAPE_MISMATCH",
        who: "trajectories",
        what: `paths.${name} must be [steps, 2], got [${rows.length}, ${rows[0]?.length}]`,
        fix: "Project states onto two axes first",
        facts: { path: name },
      });
  const read = all.map(({ name, rows }): Path => ({
    name,
    steps: rows.map(([x = 0, y = 0], step) => ({ x, y, step })).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)),
  }));
  const most = Math.max(1, ...all.map(({ rows }) => rows.length));
  const lost = all.reduce((sum, { rows }, i) => sum + rows.length - (read[i]?.steps.length ?? 0), 0);
  return figure(given, {
    legend: [
      { ramp: "sequential", low: "step 1", middle: "", high: `step ${most}` },
      { text: "begins", mark: "ring" },
      { text: "ends", mark: "dot" },
    ],
    warnings:
      lost > 0 ? [`${lost} ${lost === 1 ? "step is" : "steps are"} not finite: lines pass over ${lost === 1 ? "it" : "them"}.`] : [],
    panels: [{ draw: (size, label) => panel(read, most, { x: given.xLabel, y: given.yLabel }, size, label) }],
  });
}

/** The lowest colours of the ramp are those of the page. */
const faintest = 7;

function levelAt(step: number, most: number): number {
  return faintest + Math.round((step / Math.max(1, most - 1)) * (levels.sequential - 1 - faintest));
}

function panel(
  read: readonly Path[],
  most: number,
  names: { readonly x?: string | undefined; readonly y?: string | undefined },
  size: Size,
  label: string,
): string | undefined {
  const steps = read.flatMap((path) => path.steps);
  const height = Math.round(Math.min(460, Math.max(280, size.width * 0.5)));
  const first = axisOf(
    steps.map(({ y }) => y),
    { count: 5 },
  );
  if (first === undefined) return undefined;
  const longest = Math.min(110, Math.max(...read.map(({ name }) => textWidth(name)))) + 14;
  const room = { ...roomFor(first, names), marginRight: size.width >= 600 ? longest : 14 };
  const inner = { width: size.width - room.marginLeft - room.marginRight, height: height - room.marginTop - room.marginBottom };
  const { x, y } = oneScale(steps, inner);
  if (x === undefined || y === undefined) return undefined;
  const pieces = read.flatMap((path) => path.steps.slice(1).map((to, i) => ({ from: path.steps[i] ?? to, to })));
  type Piece = (typeof pieces)[number];
  const colour = ({ to }: Piece): string => rampColour("sequential", levelAt(to.step, most));
  const ends = read.flatMap(({ name, steps: own }) => own.slice(-1).map((last) => ({ ...last, name })));
  return drawn(size, label, {
    ...room,
    height,
    x: { type: "linear", domain: [...x.domain] },
    y: { type: "linear", domain: [...y.domain] },
    marks: [
      ...verticalAxis(y),
      ...horizontalAxis(x, true),
      ...axisNames(names.x, names.y),
      Plot.link(pieces, {
        x1: ({ from }: Piece) => from.x,
        y1: ({ from }: Piece) => from.y,
        x2: ({ to }: Piece) => to.x,
        y2: ({ to }: Piece) => to.y,
        stroke: { value: colour, scale: null },
        strokeWidth: 2,
        strokeLinecap: "round",
      }),
      Plot.dot(
        read.flatMap((path) => path.steps.slice(0, 1)),
        { x: "x", y: "y", r: 4, fill: pageColour, stroke: ink, strokeWidth: 1.8 },
      ),
      Plot.dot(ends, { x: "x", y: "y", r: 4, fill: ink }),
      ...endNames(ends, size.width >= 600 ? Infinity : x.domain[0] + 0.65 * (x.domain[1] - x.domain[0])),
    ],
  });
}

/** At the right of where paths end, and at the left of what ends further than `most`. */
function endNames(ends: readonly { readonly name: string; readonly x: number; readonly y: number }[], most: number): Plot.Markish[] {
  const style = { x: "x", y: "y", text: ({ name }: { readonly name: string }) => cut(name, 110), ...halo };
  return [
    Plot.text(
      ends.filter(({ x }) => x <= most),
      { ...style, dx: 9, textAnchor: "start" },
    ),
    Plot.text(
      ends.filter(({ x }) => x > most),
      { ...style, dx: -9, textAnchor: "end" },
    ),
  ];
}

/** A unit is as long across as upwards. */
function oneScale(
  steps: readonly Step[],
  inner: { readonly width: number; readonly height: number },
): { readonly x: Axis | undefined; readonly y: Axis | undefined } {
  const [left, right] = extent(steps.map(({ x }) => x)) ?? [0, 0],
    [low, high] = extent(steps.map(({ y }) => y)) ?? [0, 0];
  const unit =
    1.08 * Math.max((right - left) / inner.width, (high - low) / inner.height, 1e-12 * Math.max(1, Math.abs(right), Math.abs(high)));
  const around = (middle: number, pixels: number): number[] => [middle - (unit * pixels) / 2, middle + (unit * pixels) / 2];
  const axis = (values: number[], count: number): Axis | undefined => axisOf(values, { count, nice: false });
  return {
    x: axis(around((left + right) / 2, inner.width), countFor(inner.width, "−1.5")),
    y: axis(around((low + high) / 2, inner.height), 6),
  };
}
