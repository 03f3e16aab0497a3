// The weather of Seattle day by day, from npm's vega-datasets, checked before anything is computed from it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SluiceError } from "@sluice/core";
import { dayOfYear, parseCsv } from "@sluice/data";

export const weathers = ["drizzle", "fog", "rain", "snow", "sun"] as const;
export type Weather = (typeof weathers)[number];

export interface Day {
  /** "2012-01-31" */
  readonly date: string;
  /** 1 … 366 */
  readonly dayOfYear: number;
  /** mm */
  readonly precipitation: number;
  /** °C */
  readonly tempMax: number;
  /** °C */
  readonly tempMin: number;
  /** m/s, the mean over the day */
  readonly wind: number;
  readonly weather: Weather;
}

const types = {
  date: "date",
  precipitation: "number",
  temp_max: "number",
  temp_min: "number",
  wind: "number",
  weather: weathers,
} as const;

/**
 * Every day of the file, in order and without a gap.
 *
 * Throws FILE_NOT_FOUND, EMPTY_DATA, NOT_FINITE for a measurement that is missing, and FILE_CORRUPT for missing
 * columns, cells that are no numbers, unknown weather and dates that do not follow each other; each names the line.
 */
export async function loadDays(path: string = installed()): Promise<Day[]> {
  return parseDays(await text(path), path);
}

/** As `loadDays`, for the text of a file. `source` names it in errors. */
export function parseDays(csv: string, source: string): Day[] {
  const { rows, columns } = parseCsv(csv, { types, source });
  const { date: midnights, weather } = columns;
  const inYear = dayOfYear(midnights);
  return Array.from({ length: rows }, (_, i) => {
    const at = (column: Float64Array): number => column[i] ?? NaN; // there are as many as rows
    const midnight = at(midnights),
      before = midnights[i - 1] ?? midnight - oneDay;
    if (midnight - before !== oneDay) throw unfollowing(source, i + 2, midnight, before);
    return {
      date: dateOf(midnight),
      dayOfYear: at(inYear),
      precipitation: at(columns.precipitation),
      tempMax: at(columns.temp_max),
      tempMin: at(columns.temp_min),
      wind: at(columns.wind),
      weather: weathers[weather.codes[i]!]!,
    };
  });
}

const oneDay = 86_400_000; // ms; the dates are UTC, so every day has them

function dateOf(midnight: number): string {
  return new Date(midnight).toISOString().slice(0, 10);
}

/** The package exports its loader alone; the data lies beside it. */
function installed(): string {
  const loader = createRequire(import.meta.url).resolve("vega-datasets");
  return join(dirname(loader), "../data/seattle-weather.csv");
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const fix = "Install the dependencies again; the data comes with vega-datasets";
    throw new SluiceError({ code: "FILE_NOT_FOUND", who: "weather.data", what: `cannot read ${path}`, fix, facts: { path }, cause });
  }
}

function unfollowing(source: string, line: number, midnight: number, before: number): SluiceError {
  return new SluiceError({
    code: "FILE_CORRUPT",
    who: "weather.data",
    what: `${source}, line ${line}: ${dateOf(midnight)} does not follow ${dateOf(before)}`,
    fix: "Install the dependencies again, or mend the file",
    facts: { source, line },
  });
}
