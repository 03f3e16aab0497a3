// The weather of Seattle day by day, from npm's vega-datasets, checked before anything is computed from it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { SluiceError, type ErrorCode } from "@sluice/core";
import { csvParse, type DSVRowString } from "d3-dsv";

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

/**
 * Every day of the file, in order and without a gap.
 *
 * Throws FILE_NOT_FOUND, EMPTY_DATA, NOT_FINITE for a measurement that is no number, and FILE_CORRUPT for missing
 * columns, unknown weather and dates that do not follow each other; each names the line.
 */
export async function loadDays(path: string = installed()): Promise<Day[]> {
  return parseDays(await text(path), path);
}

/** As `loadDays`, for the text of a file. `source` names it in errors. */
export function parseDays(csv: string, source: string): Day[] {
  const table = csvParse(csv);
  const missing = columns.filter((column) => !table.columns.includes(column));
  if (missing.length > 0) throw bad("FILE_CORRUPT", source, 1, `the columns ${missing.join(", ")} are missing`);
  if (table.length === 0) throw bad("EMPTY_DATA", source, 2, "there is no day");
  const days = table.map((row, i) => day(row, source, i + 2));
  for (const [i, { date }] of days.entries()) {
    const previous = days[i - 1]?.date;
    if (previous !== undefined && midnight(date) - midnight(previous) !== oneDay) {
      throw bad("FILE_CORRUPT", source, i + 2, `${date} does not follow ${previous}`);
    }
  }
  return days;
}

const columns = ["date", "precipitation", "temp_max", "temp_min", "wind", "weather"] as const;
const oneDay = 86_400_000; // ms; the dates are UTC, so every day has them

function day(row: DSVRowString, source: string, line: number): Day {
  const date = row["date"] ?? "";
  const weather = weathers.find((known) => known === row["weather"]);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(midnight(date))) throw bad("FILE_CORRUPT", source, line, `"${date}" is no date`);
  if (weather === undefined) throw bad("FILE_CORRUPT", source, line, `"${row["weather"]}" is none of ${weathers.join(", ")}`);
  const measured = (column: (typeof columns)[number]): number => {
    const cell = row[column]?.trim();
    if (cell !== undefined && cell !== "" && Number.isFinite(Number(cell))) return Number(cell);
    throw bad("NOT_FINITE", source, line, `${column} is "${cell ?? ""}", a number is needed`);
  };
  return {
    date,
    dayOfYear: (midnight(date) - midnight(`${date.slice(0, 4)}-01-01`)) / oneDay + 1,
    precipitation: measured("precipitation"),
    tempMax: measured("temp_max"),
    tempMin: measured("temp_min"),
    wind: measured("wind"),
    weather,
  };
}

function midnight(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
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

function bad(code: ErrorCode, source: string, line: number, what: string): SluiceError {
  const fix = "Install the dependencies again, or mend the file";
  return new SluiceError({ code, who: "weather.data", what: `${source}, line ${line}: ${what}`, fix, facts: { source, line } });
}
