// Numbers in rows and columns by colour, in one plot or several that share their scale: gradients by layer and step, weights, activations.
import { finite, type Rule, text } from "@sluice/core/arguments";
import { isRecord, optional, optionsOf, preset, required, type Table as OptionTable } from "@sluice/nn/kit";
import { compact } from "../values/format.ts";
import { extent, type Matrix, readMatrix } from "../values/read.ts";
import type { Ramp } from "../colour/ramps.ts";
import { figure, type Figure, type FigureOptions, figureTable } from "./figure.ts";
import { type Key, missingKey } from "./legend.ts";
import { mostColumns, mostRows } from "../panels/pooled.ts";
import { type MatrixPanel, matrixPanel } from "../panels/matrixPanel.ts";
import { type Format, format, span, texts } from "../values/rules.ts";
import { checkNames } from "../values/names.ts";

export interface HeatMapOptions extends FigureOptions {
  /** [rows, columns], the first row on top, null where there is no number; or several by name, a plot for each, side by side on one scale. */
  readonly values: Matrix | Readonly<Record<string, Matrix>>;
  /** Names of the rows, and of the columns; default 1, 2, 3, … */
  readonly rows?: readonly string[];
  readonly columns?: readonly string[];
  /** What rows and columns are; default unsaid. */
  readonly rowsLabel?: string;
  readonly columnsLabel?: string;
  /** "log" for what spans powers of ten; "diverging" for what lies on two sides of `center`. Default "linear". */
  readonly scale?: "linear" | "log" | "diverging";
  /** The middle of a diverging scale; default 0. */
  readonly center?: number;
  /** Where the scale begins and ends; what lies beyond has the colour of the end. Default the least and the largest. */
  readonly domain?: readonly [low: number, high: number];
  readonly format?: Format;
}

const scale: Rule<"linear" | "log" | "diverging"> = {
  expected: "one of linear, log, diverging",
  accepts: (value): value is "linear" | "log" | "diverging" => value === "linear" || value === "log" || value === "diverging",
  names: ["linear", "log", "diverging"],
};

const matrices: Rule<HeatMapOptions["values"]> = {
  expected: "[rows, columns], or several by name",
  accepts: (value): value is HeatMapOptions["values"] => typeof value === "object" && value !== null,
};

const heatMapTable = {
  ...figureTable,
  values: required(matrices),
  rows: optional(texts),
  columns: optional(texts),
  rowsLabel: optional(text),
  columnsLabel: optional(text),
  scale: preset(scale, "linear"),
  center: preset(finite, 0),
  domain: optional(span),
  format: preset(format, compact),
} satisfies OptionTable<HeatMapOptions>;

/**
 * A coloured cell for each number. What is missing or not finite is crossed out; on "log" what is not above 0 has the lowest colour, and is told.
 *
 * Throws INVALID_ARGUMENT for options that there are not or are not what they must be, SHAPE_MISMATCH for values that are not [rows, columns] and for names of another number.
 */
export function heatMap(options: HeatMapOptions): Figure {
  const given = optionsOf<HeatMapOptions, typeof heatMapTable>("heatMap", heatMapTable, options);
  const named = isNamed(given.values) ? Object.entries(given.values) : [["", given.values] as const];
  const all = named.map(([name, values]) => ({ name, values: readMatrix("heatMap", name === "" ? "values" : `values.${name}`, values) }));
  for (const { values } of all) {
    checkNames("heatMap", "rows", given.rows, values.length);
    if (values.length > 0) checkNames("heatMap", "columns", given.columns, values[0]?.length ?? 0);
  }
  const numbers = all.flatMap(({ values }) => values.flat());
  const colours = colouring(numbers, given);
  const bad = numbers.filter((value) => !Number.isFinite(value)).length;
  return figure(given, {
    legend: colours === undefined ? [] : [colours.key, ...(bad > 0 ? [missingKey] : [])],
    warnings: [...notesOf(numbers, bad, given.scale), ...coarse(all.map(({ values }) => values))],
    columns: Math.min(2, all.length),
    panels: all.map(({ name, values }) => ({
      ...(name === "" ? {} : { title: name }),
      draw: (size, label) => (colours === undefined ? undefined : matrixPanel({ ...look(values, given), ...colours }, size, label)),
    })),
  });
}

interface Look {
  readonly rows: readonly string[] | undefined;
  readonly columns: readonly string[] | undefined;
  readonly rowsLabel: string | undefined;
  readonly columnsLabel: string | undefined;
  readonly format: Format;
}

/** Named rows and columns of at most so many are a table: cells are square and say their numbers. */
const mostLettered = 12;

function look(
  values: readonly (readonly number[])[],
  { rows, columns, rowsLabel, columnsLabel, format: write }: Look,
): Omit<MatrixPanel, "ramp" | "place"> {
  const counted = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i + 1));
  const [rowNames, columnNames] = [rows ?? counted(values.length), columns ?? counted(values[0]?.length ?? 0)];
  const hint = (row: number, column: number): string =>
    `${rowsLabel ?? "row"} ${rowNames[row]}, ${columnsLabel ?? "column"} ${columnNames[column]}: ${write(values[row]?.[column] ?? Number.NaN)}`;
  const few = columns !== undefined && columnNames.length <= mostLettered && rowNames.length <= mostLettered;
  const letters = { square: 56, letters: (row: number, column: number): string => write(values[row]?.[column] ?? Number.NaN) };
  return { values, rows: rowNames, columns: columnNames, rowsName: rowsLabel, columnsName: columnsLabel, hint, ...(few ? letters : {}) };
}

interface Colouring {
  readonly ramp: Ramp;
  readonly place: (value: number) => number;
  readonly key: Key;
}

interface Scale {
  readonly scale: "linear" | "log" | "diverging";
  readonly center: number;
  readonly domain?: readonly [number, number] | undefined;
  readonly format: Format;
}

/** Undefined where no number has a place. */
function colouring(numbers: readonly number[], { scale: kind, center, domain, format: write }: Scale): Colouring | undefined {
  const found = extent(kind === "log" ? numbers.filter((value) => value > 0) : numbers);
  if (found === undefined) return undefined;
  const [least, most] = domain ?? found;
  const key = (ramp: Ramp, low: number, middle: number, high: number): Key => ({
    ramp,
    low: write(low),
    middle: write(middle),
    high: write(high),
  });
  const finitely = (place: (value: number) => number) => (value: number) => (Number.isFinite(value) ? place(value) : Number.NaN);
  if (kind === "diverging") {
    const reach = Math.max(Math.abs(least - center), Math.abs(most - center)) || 1;
    return {
      ramp: "diverging",
      place: finitely((value) => 0.5 + (value - center) / (2 * reach)),
      key: key("diverging", center - reach, center, center + reach),
    };
  }
  if (kind === "log") {
    const [from, to] = [Math.log(Math.max(least, Number.MIN_VALUE)), Math.log(Math.max(most, Number.MIN_VALUE))];
    const place = (value: number): number => (value > 0 ? share(Math.log(value), from, to) : 0);
    return { ramp: "sequential", place: finitely(place), key: key("sequential", least, Math.exp((from + to) / 2), most) };
  }
  return {
    ramp: "sequential",
    place: finitely((value) => share(value, least, most)),
    key: key("sequential", least, (least + most) / 2, most),
  };
}

/** One value alone is in the middle. */
function share(value: number, low: number, high: number): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}

function notesOf(numbers: readonly number[], bad: number, kind: "linear" | "log" | "diverging"): string[] {
  const none = kind === "log" ? numbers.filter((value) => value <= 0).length : 0;
  return [
    ...(bad > 0 ? [`${bad} of ${numbers.length} values ${bad === 1 ? "is" : "are"} missing or not finite: crossed out.`] : []),
    ...(none > 0
      ? [
          `${none} of ${numbers.length} values ${none === 1 ? "is" : "are"} not above 0, and ${none === 1 ? "has" : "have"} the lowest colour.`,
        ]
      : []),
  ];
}

function coarse(all: readonly (readonly (readonly number[])[])[]): string[] {
  const [rows, columns] = [Math.max(0, ...all.map((values) => values.length)), Math.max(0, ...all.map((values) => values[0]?.length ?? 0))];
  return rows > mostRows || columns > mostColumns
    ? [`Of ${rows} rows and ${columns} columns, neighbours share a cell: its colour is the mean of theirs.`]
    : [];
}

function isNamed(values: HeatMapOptions["values"]): values is Readonly<Record<string, Matrix>> {
  return isRecord(values) && !("data" in values && "shape" in values);
}
