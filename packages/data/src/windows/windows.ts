// Windows over series: what came before, and what is to be forecast from it.
import type { HostArray } from "@sluice/core";
import { count, oneOf, size } from "@sluice/core/arguments";
import { given } from "../arguments/given.ts";
import { column, either, listOf, nonEmpty } from "../arguments/rules.ts";
import { placesOf, type Column, type Rows } from "../numbers/rows.ts";
import type { Numbers } from "../numbers/numbers.ts";
import { gathered, isWhole, nothing, seriesIn, who, type Missing, type Place, type Series } from "./series.ts";

export interface WindowsOptions {
  /** Steps that a window looks back on. */
  readonly steps: number;
  /** Steps to forecast; 0 for x alone, up to the last row. Default 1. */
  readonly horizon?: number;
  /** Rows from one window's start to the next's. Default 1. */
  readonly stride?: number;
  /** Rows between the last that is read and the first that is forecast. Default 0. */
  readonly gap?: number;
  /** Columns of x, in this order, by place or name. Default all. */
  readonly features?: readonly Column[];
  /** Columns of y: a list of them, or one, which then has no axis of its own. Default all; of a series of one column that one. */
  readonly targets?: Column | readonly Column[];
  /** What to do with a series that is too short for one window. Default "refuse". */
  readonly short?: "refuse" | "skip";
  /** What to do with a window that holds NaN: refuse it with its place, leave the window out, or keep it as it is. Default "refuse". */
  readonly missing?: Missing;
  /** Of x and y. Default "f32". */
  readonly dtype?: "f32" | "f64";
}

const rules = {
  steps: size,
  horizon: count,
  stride: size,
  gap: count,
  features: nonEmpty(listOf(column)),
  targets: either(column, nonEmpty(listOf(column))),
  short: oneOf("refuse", "skip"),
  missing: oneOf("refuse", "skip", "keep"),
  dtype: oneOf("f32", "f64"),
};

/** One entry of each array for each window, in the order of the series and of time: `take(windows, indices)` chooses among them. */
export interface Windows {
  /** What `fit` and `evaluate` of nn take. */
  readonly data: {
    /** [samples, steps, features] */
    readonly x: HostArray;
    /** [samples, horizon], or [samples, horizon, targets] where they are a list */
    readonly y: HostArray;
  };
  /** Where each window lies, so that a forecast can be told by its date. */
  readonly index: {
    /** [samples]: the name of the series that each is of. */
    readonly series: readonly string[];
    /** [samples]: the row of its series that each begins with. */
    readonly start: Int32Array;
    /** [samples]: the first row that each forecasts, start + steps + gap. */
    readonly target: Int32Array;
  };
}

/**
 * Windows over one series, or over several by name: for each start s, x is rows s … s + steps − 1 and y rows s + steps + gap … of the horizon. No window
 * reaches from one series into another.
 *
 * A series is [time], one column, or [time, features]; columns go by the names of a `matrix`. Of T rows there are ⌊(T − steps − gap − horizon) / stride⌋ + 1
 * windows. What is returned is yours. One series is called "series".
 * Throws INVALID_ARGUMENT for options that there are not and columns that are not there; SHAPE_MISMATCH for ragged rows and unlike series; EMPTY_DATA for a
 * series that is too short, and where no window is left; NOT_FINITE for what is missing, unless told otherwise, and for infinities.
 *
 * ```ts
 * const { data, index } = windows([1, 2, 3, 4, 5, 6], { steps: 3, horizon: 2 });
 * data.x.shape; // [2, 3, 1]
 * data.y.data; // 4 5, 5 6
 * index.target; // 3, 4: the rows of the first forecasts
 * ```
 */
export function windows(series: Numbers | Readonly<Record<string, Numbers>>, options: WindowsOptions): Windows {
  const taken = given(who, options, rules, "steps"),
    { steps, horizon = 1, gap = 0, dtype = "f32" } = taken;
  const all = seriesIn(series),
    [first] = all;
  const { targets } = taken,
    isOne = targets === undefined ? first.width === 1 : !Array.isArray(targets),
    picked = [targets ?? everyColumn(first)].flat();
  const x = { offset: 0, length: steps, columns: placesOf(who, "features", taken.features ?? everyColumn(first), first), dtype },
    y = { offset: steps + gap, length: horizon, columns: placesOf(who, "targets", picked, first), dtype };
  const places = all
    .flatMap((one) => placesIn(one, taken))
    .filter(({ of, start }) =>
      [x, y].every(({ offset, length, columns }) => isWhole(of, { from: start + offset, length }, columns, taken.missing ?? "refuse")),
    );
  if (places.length === 0) throw nothing("no window is left", "Fill what is missing, or keep it", { series: all.map(({ name }) => name) });
  return {
    data: {
      x: { dtype, shape: [places.length, steps, x.columns.length], data: gathered(places, x) },
      y: { dtype, shape: [places.length, horizon, ...(isOne ? [] : [y.columns.length])], data: gathered(places, y) },
    },
    index: {
      series: places.map(({ of }) => of.name),
      start: Int32Array.from(places, ({ start }) => start),
      target: Int32Array.from(places, ({ start }) => start + y.offset),
    },
  };
}

function placesIn(of: Series, { steps, horizon = 1, gap = 0, stride = 1, short = "refuse" }: WindowsOptions): readonly Place[] {
  const length = steps + gap + horizon;
  if (of.rows >= length) return Array.from({ length: Math.floor((of.rows - length) / stride) + 1 }, (_, i) => ({ of, start: i * stride }));
  if (short === "skip") return [];
  throw nothing(
    `${of.name} has ${of.rows} rows, one window needs ${length}: ${steps} steps, a gap of ${gap} and a horizon of ${horizon}`,
    'Take fewer steps, or leave short series out: { short: "skip" }',
    { series: of.name, rows: of.rows, needed: length },
  );
}

function everyColumn({ width }: Rows): readonly number[] {
  return Array.from({ length: width }, (_, c) => c);
}
