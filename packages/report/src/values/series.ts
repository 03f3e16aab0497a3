// Series by name: their numbers over common places or over places of their own.
import { SluiceError } from "@sluice/core";
import { refused, type Rule } from "@sluice/core/arguments";
import { isRecord, type Numbers } from "@sluice/nn/kit";
import { dashes, seriesColour } from "../colour/palette.ts";
import { checkLengths, readList } from "./read.ts";
import { numbers, type Places, places } from "./rules.ts";

/** Numbers at the figure's places, or at their own. */
export type SeriesLike = Numbers | { readonly x: Places; readonly y: Numbers };

export const seriesByName: Rule<Readonly<Record<string, SeriesLike>>> = {
  expected: "a record of numbers, or of { x, y }, by name",
  accepts: (value): value is Readonly<Record<string, SeriesLike>> =>
    isRecord(value) && Object.values(value).every((one) => numbers.accepts(one)),
};

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  readonly colour: string;
  readonly dash: string | undefined;
  /** In pixels; default 1.75. */
  readonly width?: number;
  /** In the order of all, which says the colour. */
  readonly place: number;
}

export interface Point {
  /** Moments in milliseconds. */
  readonly x: number;
  readonly y: number;
}

export interface AllSeries {
  readonly series: readonly Series[];
  /** Whether x are moments. */
  readonly isTime: boolean;
}

/** Each series as points; `palette` says which place a name has. Throws as `readList` does, and SHAPE_MISMATCH for x and y of different lengths. */
export function readSeries(
  who: string,
  all: Readonly<Record<string, SeriesLike>>,
  x: Places | undefined,
  palette: readonly string[] = [],
): AllSeries {
  const kinds = new Set<boolean>();
  const own = Object.keys(all).filter((name) => !palette.includes(name));
  const series = Object.entries(all).map(([name, one]): Series => {
    const given = isPair(one) ? one : { y: one, x };
    const values = readList(who, `series.${name}`, given.y);
    const at = given.x === undefined ? undefined : readPlaces(who, `x of ${name}`, given.x);
    if (at !== undefined) {
      kinds.add(at.isTime);
      checkLengths(who, { [`x of ${name}`]: at.values.length, [name]: values.length });
    }
    const place = palette.includes(name) ? palette.indexOf(name) : palette.length + own.indexOf(name);
    return {
      name,
      points: values.map((y, i) => ({ x: at?.values[i] ?? i + 1, y })),
      colour: seriesColour(place),
      dash: dashes(place),
      place,
    };
  });
  if (kinds.size > 1) throw refused(who, "x", "both", "numbers for all series, or Dates for all");
  return { series, isTime: kinds.has(true) };
}

/** Numbers as they are, moments as milliseconds. Throws NOT_FINITE for a place that is none. */
export function readPlaces(who: string, name: string, given: Places): { readonly values: readonly number[]; readonly isTime: boolean } {
  const isTime = Array.isArray(given) && given.some((one) => one instanceof Date);
  if (!places.accepts(given)) throw refused(who, name, given, places.expected);
  const values = isTime ? (given as readonly Date[]).map((one) => one.getTime()) : readList(who, name, given as Numbers); // by `isTime`
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new SluiceError({ code: "NOT_FINITE", who, what: `${name}[${at}] is ${values[at]}: a place must be finite`, facts: { at } });
  return { values, isTime };
}

function isPair(one: SeriesLike): one is { readonly x: Places; readonly y: Numbers } {
  return typeof one === "object" && "x" in one && "y" in one;
}
